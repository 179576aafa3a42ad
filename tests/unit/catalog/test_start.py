"""What a process of the catalog loads before anybody asks for it."""

import subprocess
import sys


def test_libraries_that_few_need_are_not_loaded_at_the_start() -> None:
    told = "import sys, catalog.main; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split()
    assert "fastapi" in loaded
    assert not {"aiobotocore", "botocore", "odf", "pikepdf", "PIL"} & set(loaded)
