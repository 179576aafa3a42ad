"""Addresses and preferences in MongoDB; `contacts` is the only collection with personal data in it."""

from typing import Any

from pymongo.errors import DuplicateKeyError
from servicekit.clock import Clock
from servicekit.digest_times import Frequency
from servicekit.mongo import Database

from notify.domain.contact import Contact

MARK_KEPT_SECONDS = 60 * 24 * 3600
"""Twice as long as the membership stream keeps its events."""


class MongoContacts:
    """The one writer of `contacts`, `contact_marks` and `preferences`.

    A mark says up to which stream sequence a user's membership is known, so that an old event that is delivered again
    cannot bring back an erased address. It holds no address itself.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._contacts = db["contacts"]
        self._marks = db["contact_marks"]
        self._preferences = db["preferences"]
        self._clock = clock

    async def prepare(self) -> None:
        """Create the index that forgets marks (idempotent)."""
        await self._marks.create_index("at", expireAfterSeconds=MARK_KEPT_SECONDS)

    async def get(self, user: str) -> Contact | None:
        """Return the contact of a user, or None."""
        found = await self._contacts.find_one({"_id": user})
        return None if found is None else Contact(user, found.get("email"), found.get("display_name"))

    async def learn(self, contact: Contact) -> None:
        """Remember what is known of a user; what is None changes nothing."""
        known = _known(contact)
        held = await self._contacts.find_one({"_id": contact.user}, list(known))
        if held is not None and all(held.get(field) == value for field, value in known.items()):
            return
        await self._upsert(contact.user, {"$set": known, "$setOnInsert": {"organisations": []}})

    async def joined(self, contact: Contact, organisation_id: str, *, sequence: int) -> None:
        """Remember a member; nothing happens when something newer is known than stream sequence `sequence`."""
        if await self._is_news(contact.user, organisation_id, sequence):
            known = _known(contact)
            update: dict[str, Any] = {"$addToSet": {"organisations": organisation_id}}
            await self._upsert(contact.user, update | ({"$set": known} if known else {}))

    async def left(self, user: str, organisation_id: str, *, sequence: int) -> bool:
        """Forget a user who belongs to no organisation any more; False when something newer is known."""
        if not await self._is_news(user, organisation_id, sequence):
            return False
        await self._contacts.update_one({"_id": user}, {"$pull": {"organisations": organisation_id}})
        await self._contacts.delete_one({"_id": user, "organisations": {"$size": 0}})
        return True

    async def joined_since(self, user: str, sequence: int) -> bool:
        """Return whether a user belongs to an organisation by an event after stream sequence `sequence`."""
        held = await self._contacts.find_one({"_id": user}) or {}
        marks = [f"{user}|{organisation_id}" for organisation_id in held.get("organisations", ())]
        return await self._marks.find_one({"_id": {"$in": marks}, "sequence": {"$gt": sequence}}) is not None

    async def forget(self, user: str) -> None:
        """Delete contact and wishes of a user."""
        await self._contacts.delete_one({"_id": user})
        await self._preferences.delete_one({"_id": user})

    async def wants_email(self, user: str) -> bool:
        """Return whether a user wants e-mails; everybody does until they say otherwise."""
        found = await self._preferences.find_one({"_id": user})
        return found is None or bool(found.get("email", True))

    async def set_wants_email(self, user: str, wanted: bool) -> None:
        """Remember whether a user wants e-mails."""
        await self._prefer(user, "email", wanted)

    async def watch_frequency(self, user: str) -> Frequency:
        """Return how often a user wants to hear of watched solutions; at once until they say otherwise."""
        found = await self._preferences.find_one({"_id": user})
        return Frequency((found or {}).get("watching", Frequency.AT_ONCE))

    async def set_watch_frequency(self, user: str, frequency: Frequency) -> None:
        """Remember how often a user wants to hear of watched solutions."""
        await self._prefer(user, "watching", frequency.value)

    async def _prefer(self, user: str, name: str, value: Any) -> None:
        change = {"$set": {name: value, "changed_at": self._clock.now()}}
        await self._preferences.update_one({"_id": user}, change, upsert=True)

    async def _is_news(self, user: str, organisation_id: str, sequence: int) -> bool:
        """Note the sequence; the same one again is news, because the handling may have been cut off after the note."""
        mark = f"{user}|{organisation_id}"
        change = {"$set": {"sequence": sequence, "at": self._clock.now()}}
        try:
            await self._marks.update_one({"_id": mark, "sequence": {"$lte": sequence}}, change, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def _upsert(self, user: str, update: dict[str, Any]) -> None:
        try:
            await self._contacts.update_one({"_id": user}, update, upsert=True)
        except DuplicateKeyError:  # two upserts of the same user at once: the other one inserted
            await self._contacts.update_one({"_id": user}, update)


def _known(contact: Contact) -> dict[str, str]:
    fields = {"email": contact.email, "display_name": contact.display_name}
    return {field: value for field, value in fields.items() if value is not None}
