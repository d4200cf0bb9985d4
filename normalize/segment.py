"""Cutting text into lines, paragraphs and sentences.

Everything here returns offsets in code points and changes nothing. Sentence boundaries come from
`sentencex` (Wikimedia's rules for some 300 languages); what it misses for scraped text is mended here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

Range = tuple[int, int]

_LINE = regex.compile(r"[^\n]+")
# An ideographic full stop ends a sentence whatever follows (sentencex wants a letter after it, and
# misses `。2500`); closing quotation marks and brackets belong to the sentence that they close.
_IDEOGRAPHIC_END = regex.compile(r"[。！？｡]+[”’」』）》】\"')\]]*")
# `2. јануара`, `19. stoljeća`, `3. Oktober`: an ordinal, not the end of a sentence. Only a small
# letter after it proves that; before a capital the language has to tell.
_ENDS_IN_ORDINAL = regex.compile(r"(?:^|[^\p{L}\p{N}])\p{Nd}{1,4}\.$")
_STARTS_SMALL = regex.compile(r"\s*\p{Ll}")
# Languages that write months and ordinal nouns with a capital after `2.`
_CAPITAL_AFTER_ORDINAL = frozenset({"de", "lb", "nds"})
_DAY_ORDINAL = regex.compile(r"(?:^|[^\p{L}\p{N}])\p{Nd}{1,2}\.$")
# sentencex works in time linear in its input, but a "sentence" of megabytes helps nobody: beyond
# this many characters a run without any sentence end is cut at white space.
LONGEST_SENTENCE = 2000


class Block(NamedTuple):
    """A paragraph: lines that belong together, with nothing but white space around it."""

    start: int
    end: int
    lines: tuple[Range, ...]


def lines(text: str) -> list[Range]:
    """Offsets of the lines that hold anything but white space, without that white space at their ends."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + len(line) - len(line.lstrip())
            found.append((start, start + len(stripped)))
    return found


def blocks(text: str) -> list[Block]:
    """Groups of lines that no blank line parts."""
    found: list[list[Range]] = []
    for start, end in lines(text):
        # One line break between two lines means the same block, more means a blank line.
        if found and text.count("\n", found[-1][-1][1], start) == 1:
            found[-1].append((start, end))
        else:
            found.append([(start, end)])
    return [Block(group[0][0], group[-1][1], tuple(group)) for group in found]


def sentences(text: str, lang: str = "en", start: int = 0, end: int | None = None) -> list[Range]:
    """Offsets of the sentences of `text[start:end]`, without the white space around them.

    A line break always ends a sentence: joining hard-wrapped lines is a matter of layout, decided
    before (`normalize.compose`).

    Args:
        text: Any text.
        lang: ISO 639-1 code of its language; an unknown one is split by general rules.
        start: Where to begin.
        end: Where to stop; the end of the text if None.
    """
    stop = len(text) if end is None else end
    found: list[Range] = []
    for match in _LINE.finditer(text, start, stop):
        found += _sentences_of_line(text, lang, match.start(), match.end())
    return found


def _sentences_of_line(text: str, lang: str, start: int, end: int) -> Iterator[Range]:
    for low, high in _joined_ordinals(text, lang, _boundaries(text, lang, start, end)):
        left, right = low, high
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            yield from _cut(text, left, right)


def _boundaries(text: str, lang: str, start: int, end: int) -> list[Range]:
    from sentencex import get_sentence_boundaries

    found: list[Range] = []
    for boundary in get_sentence_boundaries(lang, text[start:end]):
        low, high = start + boundary["start_index"], start + boundary["end_index"]
        for match in _IDEOGRAPHIC_END.finditer(text, low, high):
            if match.end() < high:
                found.append((low, match.end()))
                low = match.end()
        found.append((low, high))
    return found


def _joined_ordinals(text: str, lang: str, ranges: list[Range]) -> list[Range]:
    joined: list[Range] = []
    for low, high in ranges:
        if joined and _goes_on(text, lang, joined[-1], low, high):
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _goes_on(text: str, lang: str, before: Range, low: int, high: int) -> bool:
    # A window is enough to judge the end, and keeps a huge sentence from being copied.
    tail = text[max(before[0], before[1] - 12) : before[1]].rstrip()
    if lang in _CAPITAL_AFTER_ORDINAL and _DAY_ORDINAL.search(tail):
        return True
    return bool(_ENDS_IN_ORDINAL.search(tail) and _STARTS_SMALL.match(text, low, high))


def _cut(text: str, start: int, end: int) -> Iterator[Range]:
    while end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        if cut < 0:
            cut = start + LONGEST_SENTENCE
        yield start, cut
        start = cut + 1 if text[cut].isspace() else cut
    yield start, end
