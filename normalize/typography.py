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
_PROTECTED = regex.compile(
    r"`[^`\n]{1,400}`|\w{2,10}://[^\s<>\"”]{1,2000}|[\w.+-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}"
)
_QUOTES = "\"“”„‟«»〝〞〟「」『』＂'‘’‚‛`´"
_MARK = regex.compile(
    rf"[{_QUOTES}]"
    rf"|(?<=[\p{{L}}\p{{N}}.,!?…)\]{_QUOTES}])(?:[ \t]+(?:--?|–)[ \t]+|--)(?=[\p{{L}}\p{{N}}(\[{_QUOTES}])"
)
_DOUBLE = frozenset('"“”„‟«»〝〞〟「」『』＂')
_OPENS = frozenset("„‟〝「『")
_CLOSES = frozenset("”〞〟」』")
_OPENS_AFTER = regex.compile(r"[\s(\[{—–/\"“„‟«‘'-]$|^$")
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
    quotes = _Quotes(line)
    for match in _MARK.finditer(line):
        start, end = match.span()
        while protected and protected[0][1] <= start:
            protected.pop(0)
        if protected and protected[0][0] <= start:
            continue
        mark = match.group()
        if len(mark) > 1:
            # `10 - 5` is arithmetic.
            if not (line[start - 1].isdigit() and line[end].isdigit()):
                wanted = " — " if mark[0].isspace() else "—"
                if wanted != mark:
                    yield Edit(start, end, wanted, "dash")
        elif (wanted := quotes.uniform(mark, start)) != mark:
            yield Edit(start, end, wanted, "quotes")


class _Quotes:
    """Quotation marks of a line, from left to right: which are open decides what the next one is.

    Marks that are right already stay and only count, so that a second run changes nothing.
    """

    def __init__(self, line: str) -> None:
        self.line = line
        self.open: list[str] = []
        self.single = False

    def uniform(self, mark: str, at: int) -> str:
        before, after = self.line[max(0, at - 1) : at], self.line[at + 1 : at + 2]
        if mark in _DOUBLE:
            wanted = self._double(mark, before, after)
            if wanted == "“":
                self.open.append(mark)
            elif wanted == "”" and self.open:
                self.open.pop()
            return wanted
        wanted = self._single(mark, before, after, at)
        if wanted == "‘":
            self.single = True
        elif wanted == "’" and not (before.isalpha() and after.isalpha()):
            self.single = False
        return wanted

    def _double(self, mark: str, before: str, after: str) -> str:
        if mark in _OPENS:
            return "“"
        if mark in _CLOSES:
            return "”"
        if mark == "“":
            # German and Slavic quotations close with the mark that opens English ones.
            return "”" if self.open and self.open[-1] in _OPENS and not _OPENS_AFTER.search(before) else mark
        if mark == '"' and before.isdigit() and not self.open:
            return mark  # inches, seconds of arc
        opens = _OPENS_AFTER.search(before) is not None
        ends = not after or after.isspace()
        return "“" if opens and not (self.open and ends) else "”"

    def _single(self, mark: str, before: str, after: str, at: int) -> str:
        if mark in "‘’":
            return mark
        if mark in "`´":
            # Grave and acute as apostrophes, but not as accents or code.
            return "’" if before.isalpha() and after.isalpha() else mark
        if mark == "'" and before.isdigit() and not after.isalpha():
            return "’" if self.single else mark  # feet, minutes of arc
        if before.isalnum() or not after or after.isspace() or not _OPENS_AFTER.search(before):
            return "’"
        return "’" if _ELISION.match(self.line, at + 1) else "‘"
