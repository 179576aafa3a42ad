"""Two checksums are equal when the same documents were added, in whatever order."""

from hypothesis import given
from hypothesis import strategies as st
from search.domain.checksum import Checksum, fingerprint

documents = st.dictionaries(st.text(max_size=8), st.binary(max_size=8), min_size=1, max_size=20)


def checksum_of(pairs: list[tuple[str, str | None]]) -> Checksum:
    found = Checksum()
    for key, value in pairs:
        found.add(key, value)
    return found


@given(contents=documents, data=st.data())
def test_order_does_not_matter_and_everything_else_does(contents: dict[str, bytes], data: st.DataObject) -> None:
    pairs: list[tuple[str, str | None]] = [(key, fingerprint(content)) for key, content in contents.items()]
    written = checksum_of(pairs)
    assert checksum_of(data.draw(st.permutations(pairs))) == written

    some = data.draw(st.integers(0, len(pairs) - 1))
    key, value = pairs[some]
    others = pairs[:some] + pairs[some + 1 :]
    assert checksum_of(others) != written, "missing"
    assert checksum_of([*pairs, pairs[some]]) != written, "doubled"
    assert checksum_of([*others, (key, fingerprint(b"older" + contents[key]))]) != written, "stale"
    assert checksum_of([*others, (key + "x", value)]) != written, "under another id"
    assert checksum_of([*others, (key, None)]) != written, "without a fingerprint"
    if others:
        assert checksum_of([*others, others[0]]) != written, "one missing, another one doubled"
