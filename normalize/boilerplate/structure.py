"""What the layout of a document says: separators, the head above the body, prose and what is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.boilerplate.text import Line

# Rows of a Markdown table (`|---|`) hold a table together, so they do not count.
_SEPARATOR = re.compile(r"[*_=~\-–—.·•◆◇■□●○★☆✦✧❖⁂※#+…\s]{1,200}")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]】」』]*$")
_PROSE_WORDS = 10
_PROSE_IDEOGRAPHS = 25


def is_separator(line: str) -> bool:
    """Whether a line is nothing but marks: `***`, `- - -`, `_____`."""
    return _SEPARATOR.fullmatch(line) is not None


def is_prose(line: str) -> bool:
    """Whether a line is a sentence or several."""
    if not _SENTENCE_END.search(line[-8:]):
        return False
    if line.count(" ") + 1 >= _PROSE_WORDS:
        return True
    return len(_IDEOGRAPH.findall(line[:400])) >= _PROSE_IDEOGRAPHS


def first_prose(lines: Sequence[Line], dropped: Sequence[bool]) -> int:
    """Index of the first line of prose that stays; the number of lines if there is none."""
    for index, line in enumerate(lines):
        if not dropped[index] and is_prose(line.text):
            return index
    return len(lines)


def blocks(lines: Sequence[Line]) -> list[range]:
    """Groups of lines without an empty one between them.

    A text without any empty line has one paragraph per line, so there each line is a block of its own.
    """
    if not lines:
        return []
    if lines[-1].number - lines[0].number == len(lines) - 1:
        return [range(index, index + 1) for index in range(len(lines))]
    found: list[range] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].number > lines[index - 1].number + 1:
            found.append(range(start, index))
            start = index
    return found


def letters(text: str) -> int:
    """How many letters a text has."""
    return sum(character.isalpha() for character in text)
