"""Following a log over rotation."""

from pathlib import Path

from local_stack.follow import following
from local_stack.output import LogFile


def test_what_is_appended_is_seen_also_after_rotation(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", max_bytes=20, keep=1)
    log.write(b"before")
    seen = following(tmp_path / "a.log")
    log.write(b"now a line that fills the file")
    assert next(seen) == "now a line that fills the file\n"
    log.write(b"in a new file")
    assert (tmp_path / "a.log.1").exists()
    assert next(seen) == "in a new file\n"
    log.close()
