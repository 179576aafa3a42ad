"""How far the import is: a bar on a terminal, a line now and then elsewhere, nothing when not wanted."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY = 10


class Bar:
    """Counts finished listings; a context manager, because the terminal's cursor has to come back."""

    def __init__(self, *, shown: bool) -> None:
        self._console = Console(stderr=True)
        self._lines = shown and not self._console.is_terminal
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, disable=not shown or self._lines)
        self._task = self._progress.add_task("demo listings", total=None)
        self._done = self._total = 0

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, total: int) -> None:
        self._total = total
        self._progress.update(self._task, total=total)

    def step(self) -> None:
        self._done += 1
        self._progress.advance(self._task)
        if self._lines and (self._done % LINE_EVERY == 0 or self._done == self._total):
            print(f"demo listings: {self._done} of {self._total}", flush=True)

    def say(self, what: str) -> None:
        self._progress.update(self._task, description=f"demo listings ({what})")
