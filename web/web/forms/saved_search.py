"""The form that saves a search: its name, and how often it may report."""

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from web import words
from web.api.problem import ApiProblem
from web.api.saved_searches import SavedSearch
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale
from web.search_query import SearchQuery

LONGEST_NAME = 120
FREQUENCIES = ("at_once", "daily", "weekly", "never")
USUAL_FREQUENCY = "daily"


@dataclass(frozen=True)
class SavedSearchForm:
    """What was typed and chosen."""

    name: str = ""
    frequency: str = USUAL_FREQUENCY

    @classmethod
    def read(cls, form: FormData) -> "SavedSearchForm":
        return cls(form.text("name"), form.text("frequency"))

    @classmethod
    def of(cls, saved: SavedSearch) -> "SavedSearchForm":
        return cls(saved.name, saved.frequency)

    @classmethod
    def suggested(cls, query: SearchQuery, locale: Locale) -> "SavedSearchForm":
        """Start with a name out of what is searched for."""
        name = ", ".join(filter(None, [query.q, *filter_labels(query, locale)]))
        return cls(name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…")

    def check(self, locale: Locale) -> Faults:
        """Return what is wrong."""
        faults = Faults()
        if not self.name:
            faults.add("name", locale.say("Bitte geben Sie der Suche einen Namen."))
        elif len(self.name) > LONGEST_NAME:
            faults.add("name", locale.say("Höchstens {n} Zeichen.", n=LONGEST_NAME))
        if self.frequency not in FREQUENCIES:
            faults.add("frequency", locale.say("Bitte wählen Sie, wie oft Sie benachrichtigt werden."))
        return faults


def searched(form: FormData) -> SearchQuery:
    """The search that the form carries along."""
    given: list[tuple[Any, Any]] = [(name, value) for name, values in form.values.items() for value in values]
    return SearchQuery.of(QueryParams(given))


def filter_labels(query: SearchQuery, locale: Locale) -> list[str]:
    """The chosen values in words."""
    return [words.label(facet, value, locale.language) for facet, value in query.chosen]


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the service would not take: beside the field where it names one of the form's."""
    faults = Faults()
    for each in problem.errors:
        field = each.field.rpartition(".")[2]
        if field in ("name", "frequency"):
            faults.add(field, problem.text(locale.language))
    if not faults:
        faults.general.append(problem.text(locale.language))
    return faults
