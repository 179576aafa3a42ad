"""Links to a line at a commit, as each forge writes them."""

import pytest
from servicekit.permalinks import permalink

SHA = "0123abc"


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("https://github.com/stadt/app.git", "https://github.com/stadt/app/blob/0123abc/src/a%20b.py#L7"),
        ("https://gitlab.example.org/g/s/app/", "https://gitlab.example.org/g/s/app/-/blob/0123abc/src/a%20b.py#L7"),
        ("https://codeberg.org/stadt/app", "https://codeberg.org/stadt/app/src/commit/0123abc/src/a%20b.py#L7"),
        (
            "https://forgejo.example.org/stadt/app",
            "https://forgejo.example.org/stadt/app/src/commit/0123abc/src/a%20b.py#L7",
        ),
        ("https://bitbucket.org/stadt/app", "https://bitbucket.org/stadt/app/src/0123abc/src/a%20b.py#lines-7"),
        ("https://git.example.org/stadt/app", None),
        ("http://github.com/stadt/app", None),
        ("https://github.com/", None),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_a_line_at_a_commit(repository: str | None, expected: str | None) -> None:
    assert permalink(repository, SHA, "src/a b.py", 7) == expected


def test_without_commit_or_path_there_is_no_link() -> None:
    assert permalink("https://github.com/stadt/app", None, "a.py") is None
    assert permalink("https://github.com/stadt/app", SHA, None) is None
    assert permalink("https://github.com/stadt/app", SHA, "a.py") == "https://github.com/stadt/app/blob/0123abc/a.py"


def test_a_path_cannot_leave_its_place() -> None:
    assert permalink("https://github.com/stadt/app", SHA, 'x"><script>?#') == (
        "https://github.com/stadt/app/blob/0123abc/x%22%3E%3Cscript%3E%3F%23"
    )
