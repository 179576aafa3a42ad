"""A real Chromium in front of demo sites on loopback: honest ones with planted barriers, and hostile ones."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from checkup.adapters import demo_browser
from checkup.adapters.address_guard import Origin
from checkup.adapters.demo_browser import BrowserLimits, DemoBrowser
from checkup.browser.order import axe_folder
from checkup.domain.demo import Audit, Page, passed_share
from checkup.settings import CheckupSettings
from checkup.testing.repositories import RepositoryMaker

from .conftest import Bus, GitServer, Headers, port_of, running
from .sites import GOOD, PAGE, START, Site, origins, site

Look = Callable[..., Awaitable[Audit]]


@pytest.fixture(scope="module")
def chromium() -> Path:
    found = CheckupSettings(env="test").chromium
    if found is None:
        pytest.skip("there is no chromium (Debian: apt-get install chromium)")
    if axe_folder() is None:
        pytest.skip("there is no axe-core (make setup)")
    return found


@pytest.fixture
def audit(chromium: Path, tmp_path: Path) -> Look:
    async def look(url: str, *, allowed: frozenset[Origin] | None = None, **limits: float) -> Audit:
        given = BrowserLimits(**limits)  # type: ignore[arg-type]
        base = "/".join(url.split("/")[:3])
        found = await DemoBrowser(chromium, tmp_path / "work", given, allowed or origins(base)).audit(url)
        if "sandbox" in (found.reason or "").lower() or "abschotten" in (found.reason or ""):
            pytest.skip(f"this machine cannot confine a browser: {found.reason}")
        assert not [*(tmp_path / "work").glob("run-*")], "nothing is left of the visit"
        return found

    return look


def broken(page: Page) -> set[str]:
    return {rule.id for rule in page.rules if not rule.passed}


async def test_planted_barriers_are_found_and_named_in_german(audit: Look) -> None:
    with site(start=START, termine=GOOD.format("Termine"), datenschutz=GOOD.format("Datenschutz")) as (url, _):
        found = await audit(f"{url}/")
    assert [page.path for page in found.pages] == ["/", "/termine", "/datenschutz"]
    start, *others = found.pages
    assert broken(start) == {"image-alt", "html-has-lang", "color-contrast"}
    alt = next(rule for rule in start.rules if rule.id == "image-alt")
    assert (alt.impact, alt.count, alt.selectors) == ("critical", 1, ("#wappen",))
    assert alt.help == "Abbildungen müssen einen Alternativtext besitzen."
    assert [passed_share(page.rules) for page in others] == [1.0, 1.0]
    assert 0 < (passed_share(start.rules) or 0) < 1
    assert {link.text for link in found.links} >= {"Datenschutz", "Termine"}
    assert found.tools.keys() == {"Chromium", "axe-core"}
    assert (found.faults, found.hosts, found.reason) == ((), (), None)


async def test_at_most_some_pages_of_the_same_origin_are_opened(audit: Look) -> None:
    links = "".join(f'<a href="/p{n}">Seite {n}</a> ' for n in range(9))
    pages = {f"p{n}": GOOD.format(n) for n in range(9)}
    with site(start=PAGE.format(links), **pages) as (url, handler):
        found = await audit(f"{url}/", pages=3)
    assert [page.path for page in found.pages] == ["/", "/p0", "/p1"]
    assert not {"/p3", "/p8"} & set(handler.hits)


async def test_a_page_cannot_talk_its_barriers_away(audit: Look) -> None:
    tamper = """<img src="x"><script>
      window.axe = {run: () => Promise.resolve({violations: [], passes: [], incomplete: []}), configure() {}};
      Object.freeze(window.axe); Array.prototype.map = () => []; Map = class { get() { return 'minor' } };
    </script>"""
    with site(start=PAGE.format(tamper)) as (url, _):
        found = await audit(f"{url}/")
    assert broken(found.pages[0]) == {"image-alt"}


async def test_other_addresses_of_this_machine_are_out_of_reach(audit: Look) -> None:
    with site(secret="geheim") as (inner, inside):
        script = f"""<script>
          for (const to of ['{inner}/secret', 'http://169.254.169.254/latest/', 'https://localhost/'])
            fetch(to, {{mode: 'no-cors'}}).catch(() => 0);
          new WebSocket('{inner.replace("http", "ws")}/secret');
          new RTCPeerConnection({{iceServers: [{{urls: 'stun:{inner[7:]}'}}]}}).createDataChannel('x');
        </script><iframe title="innen" src="{inner}/secret"></iframe><img alt="" src="{inner}/secret">"""
        with site(start=PAGE.format(script)) as (url, _):
            found = await audit(f"{url}/")
        assert inside.hits == []
    assert len(found.pages) == 1
    assert set(found.hosts) == {"169.254.169.254", "localhost"}


HOSTILE = {
    "alerts": PAGE.format("<script>for (let i = 0; i < 5; i++) alert(i); window.onbeforeunload = () => 1</script>"),
    "windows": PAGE.format("<script>for (let i = 0; i < 20; i++) window.open('/' + i)</script>"),
    "permissions": PAGE.format(
        "<script>Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0);"
        "navigator.serviceWorker && navigator.serviceWorker.register('/w.js').catch(() => 0)</script>"
    ),
    "prints": PAGE.format("<script>setTimeout(print, 0)</script>"),
}


async def test_what_pages_ask_of_their_visitor_does_not_stop_the_test(audit: Look) -> None:
    links = "".join(f'<a href="/{name}">Seite {name}</a> ' for name in HOSTILE)
    with site(start=PAGE.format(links), **HOSTILE) as (url, _):
        found = await audit(f"{url}/")
    assert [page.path for page in found.pages] == ["/", *(f"/{name}" for name in HOSTILE)]
    assert found.faults == ()


async def test_a_page_that_loops_ends_with_a_reason_and_leaves_no_browser(audit: Look) -> None:
    with site(start=PAGE.format("<script>while (true) {}</script>")) as (url, _):
        found = await audit(f"{url}/", seconds=6)
    assert found.pages == ()
    assert found.reason or "abgebrochen" in found.faults[0] or "ohne Ende" in found.faults[0]
    assert not [child for child in psutil.Process().children(recursive=True) if "chrom" in child.name()]


async def test_a_page_that_eats_memory_is_stopped(audit: Look) -> None:
    eat = "<script>all = []; setInterval(() => all.push(new Uint8Array(3e7).fill(1)), 1)</script>"
    with site(start=PAGE.format(eat)) as (url, _):
        found = await audit(f"{url}/", memory_bytes=400_000_000, seconds=30)
    assert found.reason == "Die Demo braucht im Browser mehr als 400 MB Speicher."


async def test_a_page_without_end_is_cut(audit: Look) -> None:
    with site(start=Site.endless) as (url, _):
        found = await audit(f"{url}/", network_bytes=3_000_000, seconds=30)
    assert "Die Demo lädt mehr als 3 MB; der Rest wurde nicht geladen." in found.faults


async def test_a_download_and_an_error_are_no_pages(audit: Look) -> None:
    def download(handler: Site) -> None:
        handler.answer(b"PK", "application/zip", Content_Disposition="attachment; filename=a.zip")

    links = '<a href="/laden">Laden</a> <a href="/fort">Fort</a> <a href="/fremd">Fremd</a>'
    with site(start=PAGE.format(links), laden=download, fremd=lambda h: h.moved("http://169.254.169.254/")) as (url, _):
        found = await audit(f"{url}/")
    assert [page.path for page in found.pages] == ["/"]
    assert "/fort: Die Seite antwortet mit HTTP 404." in found.faults
    assert any(fault.startswith("/fremd: ") for fault in found.faults)


async def test_without_browser_or_axe_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def browser(chromium: Path | None) -> DemoBrowser:
        return DemoBrowser(chromium, tmp_path, BrowserLimits(), frozenset())

    assert "keinen Browser" in ((await browser(None).audit("http://127.0.0.1:1/")).reason or "")
    assert "keinen Browser" in ((await browser(tmp_path / "none").audit("http://127.0.0.1:1/")).reason or "")
    monkeypatch.setattr(demo_browser, "axe_folder", lambda: None)
    assert "axe-core" in ((await browser(Path("/bin/true")).audit("http://127.0.0.1:1/")).reason or "")


async def test_a_program_that_is_no_browser_is_a_reason(audit: Look, tmp_path: Path) -> None:
    found = await DemoBrowser(Path("/bin/false"), tmp_path, BrowserLimits(sandboxed=False), frozenset()).audit(
        "http://x/"
    )
    assert found.reason == "Der Browser ließ sich nicht starten."


async def test_a_run_measures_the_demo_of_the_listing(
    settings: CheckupSettings,
    chromium: Path,
    bus: Bus,
    git_server: GitServer,
    small_app: RepositoryMaker,
    team: Headers,
) -> None:
    repository = git_server.add("portal", small_app)
    with site(start=START, termine=GOOD.format("Termine")) as (url, _):
        allowed = settings.model_copy(update={"checkup_allow_local": f"{port_of(git_server)},{url[7:]}"})
        submission = bus.submission(repository, demo_url=f"{url}/")
        async with running(allowed) as api:
            await bus.publish(submission)
            await bus.heard("checkup_scored", seconds=60)
            report = (await api.get(f"/solutions/{bus.solution_id}", headers=team)).json()
    metrics = {metric["id"]: metric for dimension in report["dimensions"] for metric in dimension["metrics"]}
    if metrics["U1"]["status"] == "not_available" and "abschotten" in metrics["U1"]["reason"]:
        pytest.skip("this machine cannot confine a browser")
    assert metrics["U1"]["status"] == "measured"
    assert metrics["U1"]["origin"] == "demo"
    assert 0 < metrics["U1"]["score"] < 100
    assert any("image-alt" in evidence["text"] for evidence in metrics["U1"]["evidence"])
    assert metrics["U3"]["raw"]["demo_up"] == 1
    assert report["tools"]["axe-core"]
