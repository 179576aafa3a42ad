"""What municipalities do with the deployments of a solution. Each is a pure function from a book to a `Change`."""

from dataclasses import replace
from datetime import datetime

from contracts.vocabulary import DeploymentVisibility
from servicekit import errors
from servicekit.clock import BERLIN
from servicekit.errors import FieldError

from catalog.domain.calendar import lies_ahead
from catalog.domain.change import Change
from catalog.domain.deployment import (
    MAX_USES,
    Answer,
    Confirmation,
    Contact,
    DeploymentBook,
    DeploymentChange,
    DeploymentEvent,
    Ended,
    Terms,
    Told,
    Use,
    UseConfirmed,
    UseDue,
    UseEnded,
)
from catalog.domain.organisation import Organisation


def declare(
    book: DeploymentBook,
    municipality: Organisation,
    terms: Terms,
    *,
    by_provider: bool,
    by: str,
    at: datetime,
    expected: int | None = None,
) -> DeploymentChange:
    """Record that a municipality uses the solution, or how it does now; this confirms what the provider claimed of it.

    `expected` is the revision the municipality's editor worked from. The same terms again change nothing.
    """
    check_terms(terms, at)
    former = book.uses.get(municipality.id)
    _check_revision(former, expected)
    if former is None and len(book.uses) >= MAX_USES:
        raise errors.conflict("too-many-deployments", f"a solution has at most {MAX_USES} deployments")
    running = former is not None and former.ended is None
    claims = [
        replace(claim, answer=Answer(municipality.id, confirmed=True, by=by, at=at))
        for claim in book.claims.values()
        if claim.concerns(municipality.id, municipality.name) and (claim.answer is None or not claim.answer.confirmed)
    ]
    if running and former is not None and former.terms == terms and not claims and not former.outdated(at):
        return Change(book)
    use = Use(
        organisation_id=municipality.id,
        organisation_name=municipality.name,
        size_class=municipality.size_class,
        bundesland=municipality.bundesland,
        ars=municipality.ars,
        terms=terms,
        by_provider=by_provider,
        declared_at=former.declared_at if running and former else at,
        confirmed_at=at,
        confirmed_by=by,
        revision=former.revision + 1 if former else 1,
        contacts=former.recent_contacts(at) if former else (),
    )
    change = Confirmation.CHANGED if running else Confirmation.CONFIRMED
    return Change(book.with_claims(claims).with_use(use), (UseConfirmed(municipality.id, change),))


def reconfirm(
    book: DeploymentBook, municipality: Organisation, *, by: str, at: datetime, expected: int | None = None
) -> DeploymentChange:
    """Note that a municipality uses the solution as before."""
    use = _running(book, municipality.id)
    _check_revision(use, expected)
    again = replace(
        use,
        organisation_name=municipality.name,
        size_class=municipality.size_class,
        bundesland=municipality.bundesland,
        ars=municipality.ars,
        confirmed_at=at,
        confirmed_by=by,
        revision=use.revision + 1,
        told=Told.NOTHING,
    )
    return Change(book.with_use(again), (UseConfirmed(municipality.id, Confirmation.RECONFIRMED),))


def end(
    book: DeploymentBook, organisation_id: str, *, month: str | None, by: str, at: datetime, expected: int | None = None
) -> DeploymentChange:
    """Note that a municipality no longer uses the solution."""
    use = _running(book, organisation_id)
    _check_revision(use, expected)
    if month is not None:
        _check_month("month", month, at)
        if use.terms.since is not None and month < use.terms.since[: len(month)]:
            message = "must not be before the beginning"
            raise errors.invalid("end-before-beginning", f"month {message}", [FieldError("month", message)])
    ended = replace(use, ended=Ended(at, by, month), revision=use.revision + 1)
    return Change(book.with_use(ended), (UseEnded(organisation_id),))


def suspended(book: DeploymentBook, organisation_id: str) -> DeploymentChange:
    """Stop counting a municipality that may no longer act."""
    use = book.uses.get(organisation_id)
    if use is None or use.suspended:
        return Change(book)
    events: tuple[DeploymentEvent, ...] = () if use.ended else (UseEnded(organisation_id),)
    return Change(book.with_use(replace(use, suspended=True)), events)


def restored(book: DeploymentBook, organisation_id: str) -> DeploymentChange:
    """Count a municipality again that may act again."""
    use = book.uses.get(organisation_id)
    if use is None or not use.suspended:
        return Change(book)
    events: tuple[DeploymentEvent, ...] = () if use.ended else (UseConfirmed(organisation_id, Confirmation.CHANGED),)
    return Change(book.with_use(replace(use, suspended=False)), events)


def renamed(book: DeploymentBook, organisation_id: str, name: str) -> DeploymentChange:
    """Take over a municipality's name."""
    use = book.uses.get(organisation_id)
    if use is None or use.organisation_name == name:
        return Change(book)
    events: tuple[DeploymentEvent, ...] = (UseConfirmed(organisation_id, Confirmation.CHANGED),) if use.counts else ()
    return Change(book.with_use(replace(use, organisation_name=name)), events)


def remind(book: DeploymentBook, at: datetime) -> DeploymentChange:
    """Tell every municipality whose confirmation runs out soon, or has run out, once each."""
    events: list[DeploymentEvent] = []
    for use in book.counting:
        due = use.next_at
        if due is not None and due <= at:
            told = Told.OUTDATED if use.outdated(at) else Told.REMINDED
            book = book.with_use(replace(use, told=told))
            events.append(UseDue(use.organisation_id))
    return Change(book, tuple(events))


def reserve_contact(book: DeploymentBook, organisation_id: str, thread_id: str, at: datetime) -> DeploymentChange:
    """Count one more conversation with a municipality; the same one again changes nothing.

    Raises ProblemError `no-contact-wanted` (409) or `contact-limit` (429).
    """
    use = book.uses.get(organisation_id)
    if use is None or not use.counts or not use.terms.contact or use.outdated(at):
        raise errors.conflict("no-contact-wanted", "this municipality takes no messages about this solution")
    recent = use.recent_contacts(at)
    if any(contact.thread_id == thread_id for contact in recent):
        return Change(book)
    if len(recent) >= use.terms.contacts_per_month:
        again = min(contact.at for contact in recent)
        wait = max(int((again - at).total_seconds()) + 30 * 86_400, 60)
        raise errors.too_many(
            "contact-limit", "this municipality takes no further messages in these 30 days", retry_after=wait
        )
    return Change(book.with_use(replace(use, contacts=(*recent, Contact(thread_id, at)))))


def check_terms(terms: Terms, at: datetime) -> None:
    """Raise ProblemError (422) for a beginning in the future, or a consent that contradicts itself."""
    if terms.since is not None:
        _check_month("since", terms.since, at)
    if terms.contact and terms.visibility is DeploymentVisibility.HIDDEN:
        message = "needs a use that registered users may see: nobody can write to a hidden municipality"
        raise errors.invalid("contact-needs-visibility", f"contact {message}", [FieldError("contact", message)])


def _check_month(name: str, month: str, at: datetime) -> None:
    if lies_ahead(month, at, BERLIN):
        raise errors.invalid("month-in-future", f"{name} is in the future", [FieldError(name, "is in the future")])


def _check_revision(use: Use | None, expected: int | None) -> None:
    if expected is not None:
        errors.require_version("the use", expected, use.revision if use else 0)


def _running(book: DeploymentBook, organisation_id: str) -> Use:
    use = book.use(organisation_id)
    if use.ended is not None:
        raise errors.conflict("deployment-ended", "this use has ended: declare it anew")
    return use
