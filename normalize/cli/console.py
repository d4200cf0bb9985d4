"""What is printed for people: without control characters, results and messages apart."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

WIDTH_OF_FILES = 180

# C0, DEL, C1, and the marks that turn the direction of text: a document must not be able to move the
# cursor, change the title of the window or hide what it says.
_HARMFUL: dict[int, str | None] = dict.fromkeys(
    (*range(32), *range(127, 160), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_HARMFUL[9] = _HARMFUL[10] = " "


def printable(text: str) -> str:
    """Text from a document or a file name, safe to print on a line of a terminal."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_HARMFUL)


def plain(text: str) -> str:
    """`printable`, and safe from being taken for rich's markup."""
    from rich.markup import escape

    return escape(printable(text))


def console(out: TextIO) -> Console:
    """A rich console for results: as wide as the terminal, and wide enough for tables in a file."""
    from rich.console import Console

    return Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)


def message(text: str) -> None:
    """A message for the user, on standard error."""
    click.echo(f"normalize: {printable(text)}", err=True)


@contextlib.contextmanager
def results() -> Iterator[TextIO]:
    """Standard output for results alone: what a library prints goes to standard error."""
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        yield out
    out.flush()


def read_standard_input() -> bytes:
    """All of standard input, as bytes: its encoding is judged like that of a file."""
    return sys.stdin.buffer.read()
