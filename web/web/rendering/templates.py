"""The Jinja environment: autoescaping, strict about names, with the filters that pages use."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from contracts import vocabulary
from contracts.profile import showing
from contracts.profile.questionnaire import Question, Questionnaire
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from servicekit.clock import BERLIN
from servicekit.permalinks import permalink
from servicekit.templates import KeptTemplates

from web import links, trail_words, words
from web.api.catalog import Listing
from web.api.dossiers import Requirement
from web.api.review import Criteria
from web.forms.listing import ListingForm, condition_text, part_name
from web.forms.requirement import words_of
from web.i18n import Locale
from web.rendering import markdown, static_files
from web.schema_org import data_block

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def _locale(context: Context) -> Locale:
    locale: Locale = context["locale"]
    return locale


def _profile(context: Context) -> Questionnaire:
    profile: Questionnaire = context["page"].container.profile
    return profile


@pass_context
def _say(context: Context, german: str, **values: object) -> str:
    return _locale(context).say(german, **values)


@pass_context
def _count(context: Context, number: int, one: str, many: str) -> str:
    return _locale(context).count(number, one, many)


@pass_context
def _number(context: Context, value: float | None, digits: int = 0) -> str:
    return _locale(context).number(value, digits)


@pass_context
def _percent(context: Context, value: float | None) -> str:
    return _locale(context).percent(value)


@pass_context
def _day(context: Context, value: Any) -> str:
    return _locale(context).day(value)


@pass_context
def _month(context: Context, value: str) -> str:
    return _locale(context).month(value)


@pass_context
def _moment(context: Context, value: Any) -> str:
    return _locale(context).moment(value)


@pass_context
def _labels_of(context: Context, form: ListingForm) -> dict[str, str]:
    return {each.id: each.label.in_(_locale(context).language) for each in form.profile.questions}


@pass_context
def _criterion_labels(context: Context, criteria: Criteria) -> dict[str, str]:
    english = _locale(context).language == "en"
    labels = {"message": _locale(context).say("Nachricht an den Anbieter")}
    return labels | {f"result-{each.id}": each.title_en if english else each.title_de for each in criteria.criteria}


@pass_context
def _field_label(context: Context, name: str) -> str:
    question = _profile(context).by_id.get(name.removeprefix("answers."))
    return question.title(_locale(context).language) if question else name


@pass_context
def _profile_groups(context: Context, listing: Listing) -> tuple[showing.RowGroup, ...]:
    return showing.table(_profile(context), listing.model_dump(), _locale(context).language, today=_today())


@pass_context
def _lapsed_titles(context: Context, listing: Listing) -> list[str]:
    found = showing.lapsed(_profile(context), listing.model_dump(), _today())
    return [each.title(_locale(context).language) for each in found]


@pass_context
def _certificate_title(context: Context, kind: str) -> str:
    """Return the label of a kind of certificate; of an unknown one the value itself."""
    asked = _profile(context).by_id.get("certificates")
    chosen = next((found for part in asked.parts if (found := part.chosen(kind))), None) if asked else None
    return chosen.in_(_locale(context).language) if chosen else kind


@pass_context
def _requirement_words(context: Context, requirement: Requirement) -> tuple[str, str]:
    return words_of(requirement, _profile(context), _locale(context))


def _today() -> date:
    return datetime.now(BERLIN).date()


@pass_context
def _titles_of(context: Context, questions: Sequence[Question]) -> str:
    return ", ".join(each.title(_locale(context).language) for each in questions)


@pass_context
def _trail_field(context: Context, path: str) -> str:
    return trail_words.field(path, _profile(context), _locale(context))


@pass_context
def _trail_value(context: Context, given: Any, kind: str, path: str) -> str:
    return trail_words.value(kind, path, given, _profile(context), _locale(context))


@pass_context
def _question_title(context: Context, question_id: str) -> str:
    question = _profile(context).by_id.get(question_id)
    return question.title(_locale(context).language) if question else question_id


@pass_context
def _label(context: Context, value: str | None, kind: str) -> str:
    return words.label(kind, value, _locale(context).language)


@cache
def environment(*, reload: bool) -> Environment:
    """Return the environment; with `reload` templates are read anew when they have changed."""
    files = FileSystemLoader(TEMPLATES)
    loader: BaseLoader = files if reload else KeptTemplates(files)
    env = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        extensions=["jinja2.ext.do"],
    )
    env.globals.update(
        _=_say,
        count=_count,
        labels_of=_labels_of,
        criterion_labels=_criterion_labels,
        field_label=_field_label,
        profile_groups=_profile_groups,
        lapsed_titles=_lapsed_titles,
        certificate_title=_certificate_title,
        titles_of=_titles_of,
        requirement_words=_requirement_words,
        condition_text=condition_text,
        part_name=part_name,
        asset=static_files.own(reload=reload).address,
        permalink=permalink,
        data_block=data_block,
        trail_field=_trail_field,
        trail_kinds=trail_words.KINDS,
        words=words,
        vocabulary=vocabulary,
    )
    env.filters.update(
        number=_number,
        percent=_percent,
        day=_day,
        month=_month,
        moment=_moment,
        label=_label,
        question_title=_question_title,
        trail_value=_trail_value,
        markdown=markdown.render,
        highlight=markdown.highlight,
        web_link=links.web_link,
        short_link=links.short,
    )
    return env
