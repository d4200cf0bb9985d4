"""Where a span begins and ends to the character, and which kind it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normalize.document import SpanKind

_PAIRS = {
    "“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "(": ")", "[": "]", "（": "）", "【": "】", "「": "」",
    "『": "』", "《": "》", "〈": "〉", '"': '"', "‹": "›",
}  # fmt: skip
"""Opening marks and what closes them."""
_CLOSERS = frozenset("".join(_PAIRS.values()))
_FINAL = ".!?…。！？؟।۔"
_OPENING_QUOTES = tuple('“„«»"‘‚「『')
_CLOSING_QUOTES = tuple('”“»«"’」』')
_WINDOW = 200
"""So many characters of the surroundings are looked at; a block may be millions long."""
_MARKERS = re.compile(r"\s*(?:[*#>\-–—•|_=\s]+|\d{1,3}[.)]\s+|[a-z]\)\s+)*")
"""What a line of a list or a heading begins with."""
_HEADLINE_WORDS = 14
"""A line without a full stop that is longer than this is a paragraph all the same."""


def borders(text: str, start: int, end: int, first: int, last: int, *, latin: bool) -> tuple[int, int]:
    """The exact borders of a stretch: numbers, brackets and a full stop that belong to it are taken in.

    Args:
        text: The whole text.
        start: Where the first word of the stretch begins.
        end: Where its last word ends.
        first: Where the block begins that holds it.
        last: Where that block ends.
        latin: Whether it is in Latin letters.
    """
    before, after = text[max(first, start - _WINDOW) : start], text[end : min(last, end + _WINDOW)]
    if not _has_letter(before) and not _has_letter(after):
        return _whole_block(text, first, last)
    if not latin:
        start, end = _numbers(text, start, end, first, last)
    start, end = _marks(text, start, end, first, last, latin=latin)
    if end < last and text[end] in _FINAL and _begins_sentence(text[max(first, start - _WINDOW) : start]):
        following = text[end + 1 : end + 2]
        if end + 1 >= last or following.isspace() or following in _CLOSERS:
            end += 1
    return start, end


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _begins_sentence(before: str) -> bool:
    bare = before.rstrip()
    return not bare or bare[-1] in _FINAL + ':“”"„«»([【「' or bare[-1] in _CLOSERS


def _whole_block(text: str, first: int, last: int) -> tuple[int, int]:
    """A block that holds no other language: all of it, without the marks of lists and headings."""
    markers = _MARKERS.match(text, first, last)
    start = markers.end() if markers else first
    while last > start and (text[last - 1].isspace() or text[last - 1] in "*#_=|"):
        last -= 1
    return start, last


def _numbers(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """A number that touches the stretch is part of it (`2500名`), at a sentence's start one beside it too."""
    at = start
    while (
        at > first and (text[at - 1].isdigit() or text[at - 1] in "%$€£№.,") and text[at - 1 : at + 1] != ". "
    ):
        at -= 1
    while at < start and not text[at].isdigit() and text[at] not in "$€£№":
        at += 1
    start = at
    number = re.search(r"(?:^|[\[(【“„«]|[.!?。！？]\s+)(\d[\d.,]*\s)$", text[max(first, start - 24) : start])
    if number:
        start -= len(number.group(1))
    while end < last and text[end].isdigit():
        end += 1
    return start, end


def _marks(text: str, start: int, end: int, first: int, last: int, *, latin: bool) -> tuple[int, int]:
    """Brackets and quotation marks whose other half is inside, and a closing question or exclamation mark."""
    changed = True
    while changed:
        changed = False
        inside = text[start:end]
        if start > first and _lacks_opener(inside, text[start - 1]):
            start -= 1
            changed = True
        elif (end < last and _lacks_closer(inside, text[end])) or (
            end < last
            and text[end] in "?!。！？"
            and (not latin or _begins_sentence(text[max(first, start - 9) : start]))
        ):
            end += 1
            changed = True
    return start, end


def _lacks_opener(inside: str, mark: str) -> bool:
    """Whether `mark` opens what is closed inside."""
    closers = _PAIRS.get(mark)
    if closers is None or not any(closer in inside for closer in closers):
        return False
    if mark in closers:
        return inside.count(mark) % 2 == 1
    depth = 0
    for char in inside:
        depth += (char == mark) - (char in closers)
        if depth < 0:
            return True
    return False


def _lacks_closer(inside: str, mark: str) -> bool:
    """Whether `mark` closes what is opened inside."""
    if mark not in _CLOSERS:
        return False
    for opener, closers in _PAIRS.items():
        if mark in closers and opener in inside:
            if opener == mark:
                return inside.count(opener) % 2 == 1
            return inside.count(opener) > sum(inside.count(closer) for closer in closers)
    return False


def kind_of(text: str, start: int, end: int, first: int, last: int) -> SpanKind:
    """The kind of a span, by what stands around it in its block."""
    before, after = text[max(first, start - _WINDOW) : start], text[end : min(last, end + _WINDOW)]
    words = text.count(" ", start, end) + 1
    bare = text[max(start, end - 9) : end].rstrip('”"»’)】]」* ')
    final = bare[-1:] in tuple(_FINAL)
    if not _has_letter(before) and not _has_letter(after):
        return "paragraph" if final or words > _HEADLINE_WORDS else "headline"
    opener, closer = before.rstrip()[-1:], after.lstrip()[:1]
    if opener in ("[", "【") and _has_letter(after):
        return "headline"
    if opener in _OPENING_QUOTES and closer in (*_CLOSING_QUOTES, ",", "."):
        return "quote"
    opening = _begins_sentence(before)
    if opening and final:
        return "sentence"
    if not before.strip() and (not after or after[0].isspace()) and (words > 1 or end - start > 8):
        return "headline"
    return "sentence" if words > 5 or end - start > 40 else "inline"
