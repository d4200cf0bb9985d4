"""One layout for all documents.

Paragraphs are parted by one blank line; lines that were wrapped by hand or by a mail program are joined;
headings are headings, lists are lists, code and tables stay as they are; sentences that were glued
together (`further east.Do you`) are parted.

Functions give `Edit`s of the text that they are shown.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex

from normalize.pieces import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LINE = regex.compile(r"[^\n]+")
_FENCE = regex.compile(r"\s{0,3}(?:```|~~~)")

# --- sentences that were glued -----------------------------------------------------------------

# A small letter or digit (or a closing mark after it), an end mark, and the capital of the next sentence,
# with no space between. One letter before the dot is an initial or an abbreviation; so is a capital.
_GLUED = regex.compile(
    r"(?<=[\p{Ll}\p{N}]{2}|[\p{Ll}\p{N}][\"”’)\]])(?:[.!?…][\"”’')\]]?|[,;:])"
    r"(?=[\"“‘'(]?\p{Lu}(?:\p{Ll}|\s|[’']\p{L}))"
)
_TOKEN = regex.compile(r"\S+")
# What a token with a capital after a dot is when it is no glued sentence: an address, a path, code.
_ADDRESS = regex.compile(
    r"://|@|^www\.|[\\/_=<>{}#`]|\(\)|\p{L}\.\p{L}+\.\p{L}|::"
    r"|\.(?:Com|Net|Org|Edu|Gov|Info|Io|Ai|App|Js|Py|Txt|Pdf|Html?|Jpe?g|Png|Exe|Zip|Docx?|Xlsx?|Md|Csv)\b"
)
_REACH = 40


def glued(text: str) -> Iterator[Edit]:
    """A space between sentences or clauses that were glued together."""
    fenced = False
    for line in _LINE.finditer(text):
        if _FENCE.match(line.group()):
            fenced = not fenced
        if fenced or line.group().startswith(("    ", "\t", "|")):
            continue
        for match in _GLUED.finditer(text, line.start(), line.end()):
            # The token around the place, within a window: a line may be one token of megabytes.
            left = text[max(line.start(), match.start() - _REACH) : match.start()]
            left = left[left.rfind(" ") + 1 :]
            right = _TOKEN.match(text, match.end(), min(line.end(), match.end() + _REACH))
            token = left + match.group() + (right.group() if right else "")
            # `12:Thirty` is too rare to be worth the harm in `Acts 2:Verse`.
            if not _ADDRESS.search(token) and not (match.group() in ",;:" and left[-1:].isdigit()):
                yield Edit(match.end(), match.end(), " ", "glued-sentence")


# --- lines and what stands between them ---------------------------------------------------------

_ITEM = regex.compile(r"(?:[-*+•◦▪‣·–]|\p{Nd}{1,3}[.)])\s+\S")
_BULLET = regex.compile(r"[*+•◦▪‣·–](?=\s)")
_VERBATIM = regex.compile(r"\||>|\t\s*\S| {4,}\S")
_HASHES = regex.compile(r"#{1,6}\s")
_ODD_SPACE = regex.compile(r"(?<=[(\[])\s+(?=\S)|(?<=\S)\s+(?=[)\]])|\s{2,}|[\t\f\v]")
_ENDS_SENTENCE = regex.compile(r"[.!?…。！？]['\"‘’“”»)\]]*$")
_ENDS_OPEN = regex.compile(r"(?:[\p{L}\p{N},&–—-]|[\p{L}\p{N}]['’\"”)\]])$")
_STARTS_SMALL = regex.compile(r"['\"‘“(\[]?\p{Ll}")
_ENDS_IN_SMALL_WORD = regex.compile(
    r"\b(?:a|an|and|as|at|by|for|from|in|into|of|on|or|the|to|with)$", regex.I
)
# Hand-wrapped lines end where the next word would not have fitted into some 60 to 100 columns.
_WRAP_WIDTH = range(45, 101)
_FEWEST_WRAPPED = 3
_WIDEST_HEADING = 90
_MOST_HEADING_WORDS = 14
_SHORTEST_PROSE = 100
_HEADING = regex.compile(r"[“\"‘'(]?[\p{Lu}\p{N}].*[\p{L}\p{N}?!)”’\"'%]$")


@dataclass(slots=True)
class _Row:
    """A line: where it is, what it is, and whether a blank line stands before it."""

    start: int
    end: int
    text: str
    kind: str
    after_blank: bool


def layout(
    text: str, title: tuple[int, int] | None = None, *, markdown: bool = True, ending: str = "\n"
) -> Iterator[Edit]:
    """The edits that bring a text into the one layout.

    Args:
        text: Composed so far.
        title: Offsets of the title in it, if it stands there.
        markdown: Whether headings are marked up.
        ending: What stands after the last line.
    """
    rows = _rows(text)
    for row in rows:
        if title and row.kind == "text" and title[0] <= row.start < title[1]:
            row.kind = "title"
    paragraphs = _paragraphs(rows)
    _find_headings(paragraphs)
    at = 0
    before: _Row | None = None
    for paragraph in paragraphs:
        for row in paragraph:
            gap = " " if row is not paragraph[0] else "" if before is None else _gap(before, row)
            if markdown and row is paragraph[0]:
                gap += {"title": "# ", "heading": "## "}.get(row.kind, "")
            if text[at : row.start] != gap:
                yield Edit(at, row.start, gap, "layout")
            if row.kind != "verbatim":
                yield from _tidied(row)
            at, before = row.end, row
    ending = ending if rows else ""
    if text[at:] != ending:
        yield Edit(at, len(text), ending, "layout")


def _rows(text: str) -> list[_Row]:
    rows: list[_Row] = []
    fenced = False
    for match in _LINE.finditer(text):
        line = match.group()
        if not line.strip():
            continue
        after_blank = not rows or text.count("\n", rows[-1].end, match.start()) > 1
        fence = _FENCE.match(line) is not None
        if fenced or fence or _VERBATIM.match(line):
            # Spaces at the beginning of such a line mean something.
            rows.append(
                _Row(
                    match.start(), match.start() + len(line.rstrip()), line.rstrip(), "verbatim", after_blank
                )
            )
            fenced ^= fence
            continue
        stripped = line.strip()
        start = match.start() + len(line) - len(line.lstrip())
        kind = "marked" if _HASHES.match(stripped) else "item" if _ITEM.match(stripped) else "text"
        rows.append(_Row(start, start + len(stripped), stripped, kind, after_blank))
    return rows


def _paragraphs(rows: list[_Row]) -> list[list[_Row]]:
    """Lines that belong together: those of a title, and those that a sentence or a column runs over."""
    paragraphs: list[list[_Row]] = []
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else None
        if before is not None and (
            before.kind == row.kind == "title"
            or (
                before.kind in {"text", "item"}
                and row.kind == "text"
                and not row.after_blank
                and (_goes_on(before, row) or _is_wrapped(rows, index))
            )
        ):
            paragraphs[-1].append(row)
        else:
            paragraphs.append([row])
    return paragraphs


def _find_headings(paragraphs: list[list[_Row]]) -> None:
    """Mark lines that stand over prose and look like headings.

    Bias: a heading taken for a paragraph loses its mark, a paragraph taken for a heading looks broken.
    Blank lines are no evidence: the output has them everywhere, and a second run must see the same.
    """
    before: _Row | None = None
    for paragraph, after in itertools.zip_longest(paragraphs, paragraphs[1:]):
        row = paragraph[0]
        if row.kind == "text" and len(paragraph) == 1 and after is not None and after[0].kind == "text":
            prose = sum(len(line.text) for line in after) >= _SHORTEST_PROSE
            stands_alone = before is None or before.kind != "text" or _ENDS_SENTENCE.search(before.text[-8:])
            if prose and stands_alone and _looks_like_heading(row.text):
                row.kind = "heading"
        before = paragraph[-1]


def _looks_like_heading(text: str) -> bool:
    return (
        len(text) <= _WIDEST_HEADING
        and len(text.split()) <= _MOST_HEADING_WORDS
        and _HEADING.match(text) is not None
        and not _ENDS_SENTENCE.search(text.rstrip("?!)”’\"'"))
    )


def _gap(before: _Row, row: _Row) -> str:
    """What stands between two paragraphs."""
    if before.kind == row.kind == "verbatim":
        return "\n\n" if row.after_blank else "\n"
    return "\n" if before.kind == row.kind == "item" else "\n\n"


def _goes_on(before: _Row, row: _Row) -> bool:
    """Whether a sentence runs over the line break."""
    if _ENDS_SENTENCE.search(before.text[-8:]):
        return False
    runs_on = _STARTS_SMALL.match(row.text) and _ENDS_OPEN.search(before.text[-8:])
    return bool(runs_on or _ENDS_IN_SMALL_WORD.search(before.text[-12:]))


def _is_wrapped(rows: Sequence[_Row], index: int) -> bool:
    """Whether the line before ends because its column did."""
    first, last = index - 1, index
    # A look at the neighbourhood is enough, and keeps this linear.
    while first > max(0, index - 6) and rows[first].kind == "text" and not rows[first].after_blank:
        first -= 1
    while (
        last + 1 < min(len(rows), index + 6)
        and rows[last + 1].kind == "text"
        and not rows[last + 1].after_blank
    ):
        last += 1
    block = rows[first : last + 1]
    if len(block) < _FEWEST_WRAPPED:
        return False
    widths = [len(row.text) for row in block[:-1]]
    widest = max(widths)
    if widest not in _WRAP_WIDTH or widest > 1.6 * min(widths):
        return False
    full = sum(
        width + 1 + len(after.text.split(None, 1)[0]) >= widest
        for width, after in zip(widths, block[1:], strict=True)
    )
    return full >= 0.8 * len(widths)


def _tidied(row: _Row) -> Iterator[Edit]:
    """Single spaces, none inside brackets, and one kind of bullet."""
    marker = -1
    if row.kind == "item":
        marker = len(row.text.split(None, 1)[0])
        if _BULLET.match(row.text):
            yield Edit(row.start, row.start + 1, "-", "layout")
    for match in _ODD_SPACE.finditer(row.text, max(marker, 0)):
        start, end = match.span()
        bracket = row.text[start - 1] in "([" or row.text[end : end + 1] in {")", "]"}
        # The space after a bullet makes it one.
        wanted = "" if bracket and start != marker else " "
        if match.group() != wanted:
            yield Edit(row.start + start, row.start + end, wanted, "layout")
