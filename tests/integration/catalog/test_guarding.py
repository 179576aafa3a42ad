"""The lifecycle guard on the real servers: processes of their own at a later day, and the way back over HTTP."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from catalog.settings import CatalogSettings
from contracts.catalog import SolutionDelisted, SolutionPublished
from contracts.guard import SolutionTermDue
from servicekit.testing import wait

from .conftest import Catalog

GUARD = [sys.executable, "-c", "from catalog.main import main; main()", "guard", "run"]


async def guard(settings: CatalogSettings, *arguments: str) -> str:
    """Run the operators' command in a process of its own; return what it printed."""
    names = ("env", "nats_url", "mongodb_url", "mongodb_database", "oidc_issuer")
    given = {name.upper(): str(getattr(settings, name)) for name in names}
    done = await asyncio.to_thread(
        subprocess.run, [*GUARD, *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_listing_that_nobody_confirms_goes_and_comes_back(
    catalog: Catalog, settings: CatalogSettings, person: str, provider: str
) -> None:
    today = datetime.now(UTC)
    until = (today + timedelta(days=200)).date().isoformat()
    certificates = [{"kind": "bsi_c5", "until": until}]
    online = await catalog.published(person, provider, answers={"certificates": certificates})
    path = f"/solutions/{online['id']}"
    assert [(each["certificate"], each["state"]) for each in online["terms"]] == [("bsi_c5", "valid")]

    soon = (today + timedelta(days=180)).date().isoformat()
    listed = await asyncio.gather(*(guard(settings, "--as-of", soon) for _ in range(2)))
    assert "".join(listed).count(f"certificate bsi_c5 until {until}, 30 days or less") == 1
    [due] = await catalog.heard(SolutionTermDue, online["id"])
    assert (due.data.term, due.data.days_left) == ("certificate", 30)

    late = (today + timedelta(days=370)).date().isoformat()
    assert f"expire   {online['slug']} ({online['id']})" in await guard(settings, "--as-of", late)
    [gone] = await catalog.heard(SolutionDelisted, online["id"])
    assert gone.data.reason == "expired"

    async def away() -> bool:
        return (await catalog(None, "GET", f"/solutions/{online['slug']}")).status_code == 410

    await wait.until(away, message="the public view is gone")
    refused = await catalog(None, "GET", path)
    assert (refused.status_code, refused.json()["slug"]) == (410, "solution-expired")
    view = await catalog.ok(person, "GET", f"{path}/working")
    assert (view["state"], view["live_version"]) == ("expired", None)

    stranger = await catalog(f"{person}-x", "POST", f"{path}/confirm")
    assert (stranger.status_code, stranger.json()["slug"]) == (403, "foreign-organisation")
    back = await catalog(person, "POST", f"{path}/confirm", headers={"If-Match": f'"{view["version"]}"'})
    assert (back.status_code, back.json()["state"]) == (200, "published")
    again = await catalog.ok(person, "POST", f"{path}/confirm")
    assert again["version"] == back.json()["version"]
    first, second = await catalog.heard(SolutionPublished, online["id"], count=2)
    assert second.data.listing == first.data.listing
    assert (await catalog.ok(None, "GET", path))["live_version"] == 1
