"""Repair of what went wrong between the author's keyboard and the file.

ftfy undoes mojibake and the like; it is set so that it leaves typography alone: `„…“` stays as it is
and so does full-width `％`. What it changes, and what is cleaned besides, becomes a list of `Repair`s,
each as small as it can be.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from normalize.document import Repair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftfy import TextFixerConfig

    from normalize.document import Document

# A line is repaired on its own: mojibake comes by the line (or by the document), and small units
# keep the changes small. Line ends of all kinds are part of it.
_LINE = regex.compile(r"[^\r\n\x0b\x0c\u2028\u2029]*(?:\r\n|[\r\n\x0b\x0c\u2028\u2029]|\Z)")
# Nothing to do: printable ASCII and tabs, without an HTML entity.
_PLAIN = regex.compile(r"[\t\x20-\x7e]*\n?\Z")
_ENTITY = regex.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", regex.I)
_PART_OF_ENTITY = regex.compile(r"&?#?[a-z0-9]{0,30};", regex.I)
_SPACES = regex.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Zero-width and invisible: soft hyphen, zero-width space, word joiner, byte order mark, direction marks,
# the object replacement character. (Zero-width joiners shape Arabic and Indic letters and emoji; see below.)
_INVISIBLE = regex.compile(r"[\u00ad\u200b\u2060-\u2064\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffc]")
_IDLE_JOINER = regex.compile(
    r"(?<=[\p{Latin}\p{Cyrillic}\p{Greek}\p{Han}\s\p{P}]|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[\p{Latin}\p{Cyrillic}\p{Greek}\p{Han}\s]|$)"
)
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_LINE_END = regex.compile(r"\r\n|[\r\x0b\x0c\u2028\u2029]")
# What UTF-8 bytes of Cyrillic look like when read as Windows-1251 (`РџСЂРё`), of Latin and punctuation
# when read as Windows-1252 (`â€œ`, `Ä‡`), and of Chinese (`å“ˆè`). Only to find stretches worth a try:
# ftfy decides whether they are mojibake.
_SUSPECT = regex.compile(
    r"(?:[РС][\u0080-\u00ff\u0402-\u040f\u0452-\u045f\u2010-\u2122\u0410-\u044f]\s?){3,}"
    r"|(?:[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{1,3}\s?)+"
)
# SequenceMatcher is quadratic: longer lines are compared by their common beginning and end only.
_LONGEST_COMPARED = 2000


@lru_cache(maxsize=1)
def _settings() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        uncurl_quotes=False,
        fix_character_width=False,
        # Line ends and control characters are handled here, with their own kind of repair.
        fix_line_breaks=False,
        remove_control_chars=False,
        unescape_html=False,
        normalization="NFC",
        explain=False,
    )


def repair(document: Document) -> None:
    """Fill `document.repairs`. The document's text must not have been read before."""
    at = document.repairs[-1].end if document.repairs else 0
    while at < len(document.source):
        match = _LINE.match(document.source, at)
        if match is None or match.end() == at:
            break
        line = match.group()
        if not _PLAIN.match(line) or "&" in line:
            document.repairs += _repairs(line, repaired(line), at)
        at = match.end()


def repaired(line: str) -> str:
    """One line, put right."""
    if not line.isascii():
        line = _without_mojibake(line)
    if "&" in line:
        line = _unescaped(line)
    line = _LINE_END.sub("\n", line)
    line = _SPACES.sub(" ", line)
    line = _CONTROL.sub("", line)
    if not line.isascii():
        line = _IDLE_JOINER.sub("", _INVISIBLE.sub("", line))
    return line


def _without_mojibake(line: str) -> str:
    from ftfy import fix_encoding, fix_text

    fixed: str = fix_text(line, _settings())
    if _SUSPECT.search(fixed):
        # Good text beside the bad keeps ftfy from repairing the line as a whole.
        fixed = _SUSPECT.sub(lambda match: fix_encoding(match.group(), _settings()), fixed)
    return fixed


def _unescaped(line: str) -> str:
    from html import unescape

    # Entities one by one: html.unescape also takes `&copy2` without a semicolon.
    return _ENTITY.sub(lambda match: unescape(match.group()), line)


def _repairs(before: str, after: str, offset: int) -> Iterator[Repair]:
    if before == after:
        return
    for low, high, new_low, new_high in _differences(before, after):
        old, new = before[low:high], after[new_low:new_high]
        yield Repair(offset + low, offset + high, old, new, _kind(old, new))


def _differences(before: str, after: str) -> Iterator[tuple[int, int, int, int]]:
    low = 0
    shortest = min(len(before), len(after))
    while low < shortest and before[low] == after[low]:
        low += 1
    tail = 0
    while tail < shortest - low and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    high, new_high = len(before) - tail, len(after) - tail
    if high - low > _LONGEST_COMPARED:
        yield low, high, low, new_high
        return
    matcher = SequenceMatcher(None, before[low:high], after[low:new_high], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield low + a, low + b, low + c, low + d


def _kind(before: str, after: str) -> str:
    if before == "\r" or _LINE_END.sub("\n", before) == after:
        return "line-end"
    if _SPACES.sub(" ", before) == after:
        return "space"
    if not after and not regex.search(r"[\p{L}\p{N}]", before):
        return "control" if _CONTROL.search(before) else "invisible"
    if _PART_OF_ENTITY.fullmatch(before):
        return "entity"
    import unicodedata

    if unicodedata.normalize("NFC", before) == after:
        return "composition"
    return "mojibake"
