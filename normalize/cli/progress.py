"""A progress bar on a terminal, and nothing where there is none."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Bar:
    """Counts files; draws if it was given something to draw with."""

    def __init__(self, drawn: Any = None) -> None:
        self._drawn = drawn
        self._task: Any = None

    def start(self, total: int) -> None:
        """Begin, with the number of files."""
        if self._drawn is not None:
            self._task = self._drawn.add_task("converting", total=total)

    def advance(self) -> None:
        """One file is done."""
        if self._drawn is not None and self._task is not None:
            self._drawn.advance(self._task)

    def pause(self, action: Callable[[], None]) -> None:
        """Print a message without spoiling the bar."""
        if self._drawn is None:
            action()
            return
        self._drawn.stop()
        action()
        self._drawn.start()


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Bar]:
    """A bar on standard error, if that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as drawn:
        yield Bar(drawn)
