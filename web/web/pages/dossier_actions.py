"""What the buttons on the page of a market survey do."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from web.api.dossiers import Dossier, Dossiers
from web.flash import Flash
from web.forms import requirement as requirements_in
from web.forms.body import FormData
from web.forms.dossier import CandidateForm, ConclusionForm, DossierForm
from web.forms.requirement import RequirementForm


async def _edit(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    typed = DossierForm.read(form)
    await calls.edit(dossier, title=typed.title, need=typed.need, criteria=dossier.criteria, version=version)


async def _require(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    wanted = RequirementForm.read(form).added(dossier.criteria.requirements)
    criteria = dossier.criteria.model_copy(update={"requirements": wanted})
    await calls.edit(dossier, title=dossier.title, need=dossier.need, criteria=criteria, version=version)


async def _require_no_longer(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    kept = requirements_in.without(dossier.criteria.requirements, form.text("number"))
    criteria = dossier.criteria.model_copy(update={"requirements": kept})
    await calls.edit(dossier, title=dossier.title, need=dossier.need, criteria=criteria, version=version)


async def _decide(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    said = CandidateForm.read(form, DECIDE)
    await calls.decide(
        dossier.id, said.solution_id, included=said.included, reason=said.reason or None, version=version
    )


async def _note_answer(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    said = CandidateForm.read(form, ANSWER)
    held = next((each.answers for each in dossier.items if each.solution_id == said.solution_id), [])
    answers = [each.model_dump(mode="json", exclude={"message_id"}) for each in held if each.message_id is None]
    answers.append({name: getattr(said, name) for name in ("question", "answer", "answered_on", "source")})
    await calls.note_answers(dossier.id, said.solution_id, answers, version=version)


async def _remove(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    await calls.remove(dossier.id, form.text("solution_id"), version=version)


async def _add(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    slug = form.text("solution").rstrip("/").rpartition("/")[2]
    await calls.add(dossier.id, [slug], version=version)


async def _freeze(calls: Dossiers, dossier: Dossier, _: FormData, version: int) -> None:
    await calls.freeze(dossier.id, version=version)


async def _conclude(calls: Dossiers, dossier: Dossier, form: FormData, version: int) -> None:
    said = ConclusionForm.read(form)
    await calls.conclude(dossier.id, outcome=said.outcome, note=said.note or None, version=version)


async def _delete(calls: Dossiers, dossier: Dossier, _: FormData, version: int) -> None:
    await calls.delete(dossier.id, version=version)


EDIT, DECIDE, ANSWER, ADD = "bedarf", "entscheiden", "antwort", "aufnehmen"
CONCLUDE, DELETE = "abschliessen", "loeschen"
ACTIONS: dict[str, tuple[Callable[[Dossiers, Dossier, FormData, int], Awaitable[None]], Flash]] = {
    EDIT: (_edit, Flash("Die Änderung ist gespeichert.")),
    requirements_in.ADD: (_require, Flash("Die Anforderung ist aufgenommen.")),
    "ohne_anforderung": (_require_no_longer, Flash("Die Anforderung ist entfernt.")),
    DECIDE: (_decide, Flash("Die Entscheidung ist gespeichert.")),
    ANSWER: (_note_answer, Flash("Die Antwort ist festgehalten.")),
    "entfernen": (_remove, Flash("Die Lösung ist entfernt.")),
    ADD: (_add, Flash("Die Lösung ist aufgenommen.")),
    "einfrieren": (_freeze, Flash("Die Markterkundung ist eingefroren.")),
    CONCLUDE: (_conclude, Flash("Das Ergebnis ist festgehalten.")),
    DELETE: (_delete, Flash("Der Entwurf ist gelöscht.")),
}
"""What the buttons of the page do, by their name, and what is said afterwards."""


def anchor(action: str, form: FormData) -> str:
    """Return where on the page one goes on after a button: long surveys are worked through one by one."""
    if action in (requirements_in.ADD, "ohne_anforderung"):
        return "#anforderungen"
    return f"#loesung-{quote(form.text('solution_id'), safe='')}" if action in (DECIDE, ANSWER) else ""
