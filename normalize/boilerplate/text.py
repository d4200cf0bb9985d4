"""Lines of a document, and the plain form in which they are compared."""

from __future__ import annotations

import re
from typing import NamedTuple

_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "\t": " ",
        "…": ".",
    }
)  # fmt: skip
_SPACES = re.compile(r" {2,}")
_NON_WORD = re.compile(r"[\W\d_]+")
_LINE = re.compile(r"[^\n]+")


class Line(NamedTuple):
    """One line that holds more than white space, without the white space around it."""

    start: int
    end: int
    text: str
    number: int
    """Place among the document's lines, the empty ones counted, from 0."""


def split_lines(text: str) -> list[Line]:
    """The lines of a text that hold anything."""
    found: list[Line] = []
    number = last = 0
    for match in _LINE.finditer(text):
        number += text.count("\n", last, match.start())
        last = match.start()
        raw = match.group()
        stripped = raw.strip()
        if stripped:
            start = last + len(raw) - len(raw.lstrip())
            found.append(Line(start, start + len(stripped), stripped, number))
    return found


def plain(text: str) -> str:
    """Small letters, plain quotation marks, dashes and spaces: the form that patterns are written for."""
    return _SPACES.sub(" ", text.lower().translate(_PLAIN))


def key(text: str) -> str:
    """What two copies of a line share: its words, whatever the case, the digits and the marks."""
    return _NON_WORD.sub(" ", text.lower()).strip()
