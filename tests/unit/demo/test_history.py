"""Generated histories: reproducible, believable, and ending with the whole tree."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from local_stack.demo.history import Commit, Plan, fast_import, growth, history, midnight
from local_stack.demo.repositories import PLANS, template_files

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)


def commits(plan: Plan) -> list[Commit]:
    return history(plan, template_files(plan.name), AS_OF)


def tree(made: list[Commit]) -> dict[str, str]:
    return {path: text for commit in made for path, text in commit.files.items()}


@pytest.fixture(params=PLANS, ids=lambda plan: plan.name)
def plan(request: pytest.FixtureRequest) -> Plan:
    return request.param


def test_the_same_day_gives_the_same_history(plan: Plan) -> None:
    assert fast_import(commits(plan)) == fast_import(commits(plan))
    assert fast_import(history(plan, template_files(plan.name), AS_OF + timedelta(days=1))) != fast_import(
        commits(plan)
    )


def test_the_last_commit_has_every_file_whole(plan: Plan) -> None:
    final = tree(commits(plan))
    files = template_files(plan.name)
    assert final.keys() == files.keys()
    for path, text in files.items():
        if path != "CHANGELOG.md" and "{version}" not in text and "{date}" not in text:
            assert final[path].endswith(text), path
    assert not [path for path, text in final.items() if "{version}" in text or "{date}" in text]


def test_time_never_goes_back_and_lies_in_the_year_before(plan: Plan) -> None:
    times = [commit.at for commit in commits(plan)]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert AS_OF - timedelta(days=366) < times[0] < times[-1] < AS_OF
    assert all(at.isoweekday() <= 5 for at in times)


def test_nobody_real_is_named(plan: Plan) -> None:
    for author in plan.authors:
        assert author.email.endswith(("@example.org", ".example.org"))
    for path, text in tree(commits(plan)).items():
        for word in text.replace("<", " ").replace(">", " ").split():
            if "@" in word and "." in word.partition("@")[2] and not word.startswith(("@", "actions/", "uses:")):
                assert "example.org" in word, (path, word)


def test_every_release_is_tagged_and_in_the_changelog() -> None:
    good = PLANS[0]
    made = commits(good)
    assert [commit.tag for commit in made if commit.tag] == [f"v{version}" for version in good.releases]
    shown = [commit.files["CHANGELOG.md"].count("\n## ") for commit in made if commit.tag]
    assert shown == list(range(1, len(good.releases) + 1))
    last = next(commit for commit in reversed(made) if commit.tag)
    assert f'version = "{good.releases[-1]}"' in last.files["pyproject.toml"]
    assert f"## [{good.releases[-1]}] – {last.at.date().isoformat()}" in last.files["CHANGELOG.md"]


def test_the_good_repository_is_alive_and_carried_by_several_people() -> None:
    made = commits(PLANS[0])
    assert len({commit.at.isocalendar()[:2] for commit in made}) >= 40
    counted = Counter(commit.author.name for commit in made)
    most, second = (count for _, count in counted.most_common(2))
    assert len(counted) >= 6
    assert most + second < 0.6 * len(made)
    bad = commits(PLANS[2])
    assert bad[-1].at < AS_OF - timedelta(days=180)
    assert len({commit.author for commit in bad}) == 1


def test_files_grow_section_by_section() -> None:
    steps = growth("a.md", "# A\n\n## One\n\nx\n\n## Two\n\ny\n", 5)
    assert [what for _, what in steps] == ["One", "Two"]
    assert steps[0][0] == "# A\n\n## One\n\nx\n"
    assert steps[-1][0] == "# A\n\n## One\n\nx\n\n## Two\n\ny\n"
    assert len(growth("a.md", "".join(f"## {n}\n\nx\n\n" for n in range(20)), 5)) == 5
    assert growth("a.svg", "<svg/>\n", 5) == [("<svg/>\n", "")]


def test_a_day_starts_at_midnight_in_utc() -> None:
    assert midnight(datetime.fromisoformat("2026-03-02T00:30:00+02:00")) == datetime(2026, 3, 1, tzinfo=UTC)
