"""A checkup under way in words and numbers, for the page and for the script that follows it."""

from web.api.checkup import Run
from web.i18n import Locale
from web.words import label

UNDER_WAY = frozenset({"queued", "running"})


def shown(run: Run, locale: Locale) -> dict[str, str | float]:
    """What the page shows of a run under way: `text` to be read out, `detail` beside it, `progress` from 0 to 1."""
    kind, value = ("run_stage", run.stage) if run.state == "running" and run.stage else ("run_state", run.state)
    details = []
    if run.groups_total and run.stage == "analysing":
        details.append(
            locale.say("{done} von {total} Messgruppen fertig", done=run.groups_done, total=run.groups_total)
        )
    if run.elapsed_seconds:
        details.append(locale.say("seit {seconds} s", seconds=locale.number(run.elapsed_seconds)))
    if run.reason:
        details.append(run.reason)
    return {
        "text": label(kind, value, locale.language),
        "detail": " · ".join(details),
        "progress": run.progress or 0.0,
    }
