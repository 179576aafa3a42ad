"""Messages in MongoDB: the inbox and the queue of mails in one document each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from contracts.ids import uuid7
from pydantic import TypeAdapter
from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError
from servicekit import keyset
from servicekit.mongo import Database, Document

from notify.application.ports import Claim, InboxItem, Position, Reader
from notify.domain.mailing import Mailing, MailState
from notify.domain.message import Message, Recipient

KEPT = timedelta(days=365)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
_MAILING: TypeAdapter[Mailing] = TypeAdapter(Mailing)


class MongoMessages:
    """The one writer of the collection `messages`."""

    def __init__(self, db: Database) -> None:
        self._messages = db["messages"]

    async def prepare(self) -> None:
        """Create the indexes (idempotent); messages are forgotten after a year."""
        await self._messages.create_index([("recipient", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)])
        await self._messages.create_index([("mail.state", ASCENDING), ("mail.due_at", ASCENDING)])
        await self._messages.create_index([("read_by", ASCENDING)], name="read_by")
        await self._messages.create_index("keep_until", expireAfterSeconds=0)
        await self._messages.create_index("created_at", expireAfterSeconds=int(KEPT.total_seconds()))

    async def add(self, message: Message) -> bool:
        """Save a new message; False when it is there already."""
        try:
            await self._messages.insert_one(_document(message))
        except DuplicateKeyError:
            return False
        return True

    async def inbox(self, reader: Reader, *, unread: bool, limit: int, after: Position | None) -> Sequence[InboxItem]:
        """Return one page of what the reader and the reader's roles got, newest first."""
        query = _unread_by(reader) if unread else _for(reader)

        async def find(chosen: Document, most: int) -> list[Document]:
            cursor = self._messages.find(chosen).sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(most)
            return [document async for document in cursor]

        place = None if after is None else (after.created_at, after.id)
        found = await keyset.following(find, query, "created_at", place, limit, descending=True)
        return [InboxItem(_message(document), reader.user in document["read_by"]) for document in found]

    async def count_unread(self, reader: Reader) -> int:
        """Return how many messages the reader has not read."""
        return int(await self._messages.count_documents(_unread_by(reader)))

    async def mark_read(self, reader: Reader, message_id: str) -> bool:
        """Note that the reader has read a message; False when there is none for the reader."""
        query = {"_id": message_id, **_for(reader)}
        done = await self._messages.update_one(query, {"$addToSet": {"read_by": reader.user}})
        return bool(done.matched_count)

    async def mark_all_read(self, reader: Reader) -> int:
        """Note that the reader has read everything; return how many messages that were."""
        done = await self._messages.update_many(_unread_by(reader), {"$addToSet": {"read_by": reader.user}})
        return int(done.modified_count)

    async def erase(self, user: str, organisation_id: str | None) -> None:
        """Delete what a user got as a member of an organisation (None: at all), mails that still wait included."""
        query: dict[str, Any] = {"recipient": str(Recipient("user", user))}
        if organisation_id is not None:
            query["organisation_id"] = organisation_id
        await self._messages.delete_many(query)

    async def erase_guest(self, email: str) -> None:
        """Delete what was mailed to an address that belonged to nobody yet."""
        await self._messages.delete_many({"recipient": str(Recipient("address", email))})

    async def erase_reader(self, user: str) -> None:
        """Forget what a user has read of messages to a role."""
        await self._messages.update_many({"read_by": user}, {"$pull": {"read_by": user}})

    async def claim(self, *, now: datetime, until: datetime) -> Claim | None:
        """Take the mail that has been due longest for this process alone, until `until`; None when none is due."""
        token = uuid7()
        document = await self._messages.find_one_and_update(
            {"mail.state": MailState.WAITING.value, "mail.due_at": {"$lte": now}},
            {"$set": {"mail.due_at": until, "claim": token}},
            sort=[("mail.due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            return None
        return Claim(_message(document), _MAILING.validate_python(document["mail"]), token)

    async def settle(self, claim: Claim, mail: Mailing) -> bool:
        """Save what became of a claimed mail; False when the claim had run out and another process took it."""
        done = await self._messages.update_one(
            {"_id": claim.message.id, "claim": claim.token},
            {"$set": {"mail": _MAILING.dump_python(mail), "claim": None}},
        )
        return bool(done.matched_count)

    async def count_by_mail_state(self) -> dict[str, int]:
        """Return how many mails are in each state."""
        return {
            state.value: int(await self._messages.count_documents({"mail.state": state.value})) for state in MailState
        }

    async def with_failed_mail(self, limit: int) -> list[Message]:
        """Return messages whose mail failed, newest first."""
        cursor = self._messages.find({"mail.state": MailState.FAILED.value}).sort("created_at", DESCENDING)
        return [_message(document) async for document in cursor.limit(limit)]

    async def replace_mail(self, message_id: str, was: Mailing, mail: Mailing) -> bool:
        """Save a mail's new state unless it changed meanwhile; for operators."""
        done = await self._messages.update_one(
            {"_id": message_id, "mail.state": was.state.value}, {"$set": {"mail": _MAILING.dump_python(mail)}}
        )
        return bool(done.matched_count)


def _for(reader: Reader) -> dict[str, Any]:
    recipients = [Recipient("user", reader.user), *(Recipient("role", role) for role in sorted(reader.roles))]
    return {"recipient": {"$in": [str(recipient) for recipient in recipients]}}


def _unread_by(reader: Reader) -> dict[str, Any]:
    return {**_for(reader), "read_by": {"$ne": reader.user}}


def _document(message: Message) -> Document:
    document: Document = _MESSAGE.dump_python(message)
    document["_id"] = document.pop("id")
    return {**document, "recipient": str(message.recipient), "read_by": [], "claim": None}


def _message(document: Document) -> Message:
    kind, _, key = document["recipient"].partition(":")
    fields = {name: value for name, value in document.items() if name not in ("_id", "read_by", "claim")}
    return _MESSAGE.validate_python({**fields, "id": document["_id"], "recipient": {"kind": kind, "key": key}})
