"""What the user reads when everything is up: the address, who can log in, and what is where."""

from collections.abc import Iterator

from local_stack.checkout import Checkout
from local_stack.plan import Plan
from local_stack.users import DEMO_USERS


def summary(plan: Plan, checkout: Checkout) -> Iterator[str]:
    """Lines for the terminal."""
    yield ""
    yield f"Marktplatz is ready: {plan.gateway}"
    if any(spec.name == "oidc" for spec in plan.backing):
        yield ""
        yield "Log in (no password, choose one at the log-in page):"
        width = max(len(sub) for sub, *_ in DEMO_USERS)
        yield from (f"  {sub:<{width}}  {name} · {what}" for sub, name, what, _roles in DEMO_USERS)
    yield ""
    yield "What is where:"
    width = max(len(title) for title in plan.pages)
    yield from (f"  {title:<{width}}  {url}" for title, url in plan.pages.items())
    yield f"  {'Logs':<{width}}  {checkout.logs} (make logs S=catalog)"
    yield f"  {'Data':<{width}}  {checkout.directory} (make reset deletes it)"
    yield ""
    yield "make status shows the processes, make stop (or Ctrl-C in the terminal of `make run`) ends them."
