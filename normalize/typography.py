"""One typography for all documents: `“…”`, `‘…’`, apostrophes `’`, and ` — ` between words.

Only marks are changed, never letters or digits. Where a mark is ambiguous it stays: `5'11"` is a height.
Code between backticks, fenced code and addresses are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from normalize.pieces import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = regex.compile(r"[^\n]+")
_FENCE = regex.compile(r"\s{0,3}(?:```|~~~)")
_PROTECTED = regex.compile(r"`[^`\n]{1,400}`|\w{2,10}://[^\s<>\"”]{1,2000}|[\w.+-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}")
_MARK = regex.compile(r"[\"“”„‟«»〝〞〟「」『』＂'‘’‚‛`´]|(?<=[\p{L}\p{N}.,!?…)\]”’\"'])(?:[ \t]+(?:--?|–)[ \t]+|--)(?=[\p{L}\p{N}(\[“‘\"'])")
_DOUBLE = frozenset("\"“”„‟«»〝〞〟「」『』＂")
_ALWAYS_OPEN = frozenset("„‟〝「『")
_ALWAYS_CLOSE = frozenset("〞〟」』")
_OPENS_AFTER = regex.compile(r"[\s(\[{—–/-]$|^$")
_ELISION = regex.compile(r"(?:\p{Nd}{2}s?\b|(?:tis|twas|em|cause|til|n)\b)", regex.I)


def typography(text: str) -> Iterator[Edit]:
    """The edits that make the marks of a text uniform."""
    fenced = False
    for match in _LINE.finditer(text):
        line = match.group()
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced and not line.startswith(("    ", "\t", "|")):
            for edit in _line(line):
                yield Edit(match.start() + edit.start, match.start() + edit.end, edit.after, edit.label)


def _line(line: str) -> Iterator[Edit]:
    protected = [match.span() for match in _PROTECTED.finditer(line)]
    open_double = 0
    open_single = False
    for match in _MARK.finditer(line):
        start, end = match.span()
        while protected and protected[0][1] <= start:
            protected.pop(0)
        if protected and protected[0][0] <= start:
            continue
        mark = match.group()
        before, after = line[max(0, start - 1) : start], line[end : end + 1]
        if len(mark) > 1:
            # `--option` is code; `word--word` and `word - word` are dashes; `10 - 5` is arithmetic.
            arithmetic = before.isdigit() and after.isdigit()
            if not arithmetic:
                spaced = mark[0].isspace()
                if (wanted := " — " if spaced else "—") != mark:
                    yield Edit(start, end, wanted, "dash")
            continue
        if mark in _DOUBLE:
            wanted = _double(mark, before, after, open_double)
            open_double += {"“": 1, "”": -1}.get(wanted, 0)
            open_double = max(open_double, 0)
        else:
            wanted = _single(line, mark, before, after, start, open_single=open_single)
            if wanted == "‘":
                open_single = True
            elif wanted == "’" and open_single and not (before.isalpha() and after.isalpha()):
                open_single = False
        if wanted != mark:
            yield Edit(start, end, wanted, "quotes")


def _double(mark: str, before: str, after: str, opened: int) -> str:
    if mark == '"' and before.isdigit() and not opened:
        return mark  # inches, seconds of arc
    if mark in _ALWAYS_OPEN:
        return "“"
    if mark in _ALWAYS_CLOSE:
        return "”"
    may_open = _OPENS_AFTER.search(before) is not None or before in "“‘'\"„«"
    may_close = not after or after.isspace() or not after.isalnum()
    if mark in {"“", "”"} and not (mark == "“" and opened and may_close and not may_open):
        return mark  # what is right already; `„…“` closes with an opening mark
    if may_open and not (opened and (not after or after.isspace())):
        return "“"
    return "”" if opened or may_close or before else "“"


def _single(line: str, mark: str, before: str, after: str, start: int, *, open_single: bool) -> str:
    if mark in "`´":
        # Grave and acute as apostrophes, but not as accents or code.
        return "’" if before.isalpha() and after.isalpha() else mark
    if mark == "'" and before.isdigit() and not after.isalpha():
        return "’" if open_single else mark  # feet, minutes of arc
    if before.isalnum():
        return "’"
    opens = _OPENS_AFTER.search(before) is not None or before in '“"„'
    if opens and after and not after.isspace():
        if mark == "’" or _ELISION.match(line, start + 1):
            return "’"
        return "‘"
    return "’"
