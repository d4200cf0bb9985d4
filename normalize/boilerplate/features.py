"""What the classifier looks at: the shape of each line, of its neighbours, and its place in the document.

Nothing here depends on blank lines or on the language: a page from which an extractor has removed the
layout must look like the page itself.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from normalize.boilerplate import structure
from normalize.boilerplate.text import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from normalize.boilerplate.patterns import Pattern

    Table = NDArray[np.float32]

# A longer line is prose (or hopeless), and its beginning tells as much.
_LOOK_AT = 1000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = re.compile(r"[.!?。！？][\"'”’»)\]]*(?=\s|\Z|[\u3400-\u9fff])")
_LINK = re.compile(r"https?://|www\.|\.(?:com|org|net|ru|rs|co|io|tv|info)\b", re.IGNORECASE)
_SHOUTED = re.compile(r"[^\W\d_a-zа-я][^\W\d_a-zа-я]")
_DIGITS = re.compile(r"\d+")
_QUOTE = re.compile(r"[\"“”„«»]")
_TIME = re.compile(r"\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b|\bago\b", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?P<bullet>[-*•·▪◦–—»›>])\s|(?P<row>\|)|(?P<number>\d)|(?P<date>[^\W\d_]{3,9}\.?\s\d)|(?P<mark>[^\w\s])"
)
_SKELETON_MARK = re.compile(r"--|[-–—|:;()@$%\[\]]")
_BULLET = re.compile(r"[-*•·▪◦–—|»›>]\s|\d{1,2}[.)]\s")
_TAILS = frozenset({"comments", "related", "newsletter", "share", "copyright", "social", "navigation"})
_REACH = (3, 10, 30)
_FAR = 60.0
_LIST_LINES, _LIST_MARKS = 4, 3
_SHOUT_WORDS, _SHOUT_SHARE = 3, 0.7


class LineShape(NamedTuple):
    """The features of one line by itself."""

    values: tuple[float, ...]
    words: tuple[str, ...]
    """Its longer words, in small letters: what it is about."""
    key: str
    weight: float
    """Letters of prose."""
    skeleton: str
    """How the line is built, whatever it says: lines of one list share it."""


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The tables of `words.toml` (stop, address, menu), each for all languages together."""
    from normalize.boilerplate.patterns import read_toml, to_cyrillic

    raw = (resources.files("normalize.boilerplate") / "words.toml").read_text(encoding="utf-8")
    tables = read_toml(raw, "words.toml")

    def words(name: str) -> frozenset[str]:
        found: set[str] = set()
        for lang, text in tables[name].items():
            found |= set(text.split())
            if lang == "sr":
                found |= {to_cyrillic(word) for word in text.split()}
        return frozenset(found)

    return words("stop"), words("address"), words("menu")


def _skeleton(text: str) -> str:
    """The marks of a line, the kind of its beginning, and whether a figure follows."""
    first = _BEGINS.match(text)
    begin = first.lastgroup if first and first.lastgroup else "word"
    return f"{begin} {''.join(_SKELETON_MARK.findall(text[:160]))[:6]}"


def line_shape(text: str, pattern: Pattern | None) -> LineShape:
    """The features of a line by itself.

    Args:
        text: The line.
        pattern: The pattern that matches it, if any.
    """
    stop, address, menu = _vocabulary()
    length = len(text)
    text = text[:_LOOK_AT]
    seen = len(text)
    raw = _WORD.findall(text)
    cjk = len(_CJK.findall(text))
    words = _WORD.findall(text.lower())
    count = len(words) + cjk / 2
    share = 1.0 / max(count, 1.0)
    letters = sum(map(len, raw))
    capitals = len([1 for word in raw if word[0].isupper()])
    shouted = 0 if not _SHOUTED.search(text) else sum(word.isupper() and len(word) > 1 for word in raw)
    stops = len([1 for word in words if word in stop])
    if cjk:
        stops += sum(character in stop for character in text)
    menus = len([1 for word in words if word in menu])
    ends = len(_ENDS.findall(text))
    digits = sum(map(len, _DIGITS.findall(text)))
    marks = seen - letters - digits - text.count(" ")
    ended = structure.ends_sentence(text) if length == seen else True
    prose = structure.is_prose(text) or length > seen
    values = (
        math.log1p(length),
        math.log1p(count),
        float(ended),
        float(text[-1] in "?!"),
        float(text[-1] == ":"),
        min(ends, 6.0),
        stops * share,
        min(stops, 12.0),
        capitals * share,
        shouted * share,
        digits / seen,
        marks / seen,
        text.count(",") * share,
        float(text[0].islower()),
        float(bool(_BULLET.match(text))),
        float(bool(_LINK.search(text))),
        float("@" in text),
        float("|" in text),
        float("©" in text),
        min(len(_QUOTE.findall(text)), 4.0),
        float(bool(_TIME.search(text))),
        letters * share,
        len([1 for word in words if word in address]) * share,
        menus * share,
        min(menus, 8.0),
        float(pattern is not None),
        float(pattern is not None and pattern.category in _TAILS),
        float(pattern is not None and pattern.category == "comments"),
        float(pattern is not None and pattern.category == "related"),
        float(count >= _SHOUT_WORDS and shouted >= _SHOUT_SHARE * count),
        float(text[0] == "|"),
        float(text.startswith(("“", '"', "'", "‘", "„", "«"))),
    )
    topical = tuple({word for word in words if len(word) > 3 and word not in stop})
    return LineShape(
        values,
        topical,
        key(text)[:200],
        float(letters + cjk) if prose else 0.0,
        _skeleton(text),
    )


_LOCAL = 32
_NEIGHBOUR = (0, 1, 2, 6, 8, 23, 25)
"""Which of a line's own features its neighbours show to it."""


def document_table(shapes: Sequence[LineShape]) -> Table:
    """One row of features per line of a document."""
    n = len(shapes)
    local = np.array([shape.values for shape in shapes], dtype=np.float32).reshape(n, _LOCAL)
    weight = np.array([shape.weight for shape in shapes], dtype=np.float32)
    columns = [
        local,
        *_neighbours(local),
        *_windows(local, weight),
        *_place(local, weight),
        *_topic(shapes),
        *_lists(shapes),
    ]
    table: Table = np.concatenate(
        [column if column.ndim == 2 else column[:, None] for column in columns],
        axis=1,
        dtype=np.float32,
    )
    return table


def shifted(values: Table, by: int, fill: float) -> Table:
    """The rows moved down by so many places (up if negative)."""
    if by == 0:
        return values
    out = np.full_like(values, fill)
    if abs(by) >= len(values):
        return out
    if by > 0:
        out[by:] = values[:-by]
    else:
        out[:by] = values[-by:]
    return out


def _neighbours(local: Table) -> list[Table]:
    shown = local[:, _NEIGHBOUR]
    return [shifted(shown, by, -1.0) for by in (-2, -1, 1, 2)]


def _sums(values: Table) -> Table:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _windows(local: Table, weight: Table) -> list[Table]:
    """Prose, short lines and clutter in the lines before and after."""
    n = len(weight)
    at = np.arange(n)
    found = []
    for values in (weight, local[:, 25], (local[:, 1] < 1.8).astype(np.float32)):
        sums = _sums(values)
        for reach in _REACH:
            before = sums[at] - sums[np.maximum(at - reach, 0)]
            after = sums[np.minimum(at + 1 + reach, n)] - sums[at + 1]
            found += [np.log1p(before), np.log1p(after)]
    return found


def _place(local: Table, weight: Table) -> list[Table]:
    n = len(weight)
    at = np.arange(n, dtype=np.float32)
    total = max(float(weight.sum()), 1.0)
    sums = _sums(weight)
    tails = _sums(local[:, 26])
    comments = _sums(local[:, 27])
    return [
        np.minimum(at, _FAR),
        np.minimum(n - 1 - at, _FAR),
        at / max(n - 1, 1),
        np.full(n, math.log1p(n)),
        np.full(n, math.log1p(total)),
        np.full(n, (weight > 0).mean()),
        np.full(n, local[:, 25].mean()),
        sums[:-1] / total,
        1.0 - sums[1:] / total,
        _distance(weight > 0, at),
        _distance((weight > 0)[::-1], at)[::-1],
        np.minimum(tails[:-1], 20.0),
        np.minimum(tails[-1] - tails[1:], 20.0),
        np.minimum(comments[:-1], 5.0),
    ]


def _distance(marked: NDArray[np.bool_], at: Table) -> Table:
    """Lines since the last marked one before."""
    last = np.maximum.accumulate(np.where(marked, at, -_FAR))
    found: Table = np.minimum(at - np.concatenate([[-_FAR], last[:-1]]), _FAR)
    return found


def _topic(shapes: Sequence[LineShape]) -> list[Table]:
    """How much a line shares with the prose of the document, and how often it stands in it."""
    counts: dict[str, int] = {}
    keys: dict[str, int] = {}
    for shape in shapes:
        keys[shape.key] = keys.get(shape.key, 0) + 1
        if shape.weight:
            for word in shape.words:
                counts[word] = counts.get(word, 0) + 1
    shared, heavy = [], []
    for shape in shapes:
        own = 1 if shape.weight else 0
        known = [counts.get(word, 0) - own for word in shape.words]
        shared.append(sum(count > 0 for count in known) / len(known) if known else -1.0)
        heavy.append(sum(map(math.log1p, known)) / len(known) if known else -1.0)
    copies = [min(keys[shape.key], 5) for shape in shapes]
    return [np.array(shared), np.array(heavy), np.array(copies, dtype=np.float32)]


def _lists(shapes: Sequence[LineShape]) -> list[Table]:
    """Whether the line before and after are built alike, and whether a colon has announced the list."""
    n = len(shapes)
    alike = np.array([shapes[i].skeleton == shapes[i - 1].skeleton for i in range(1, n)], dtype=np.float32)
    edge = np.zeros(1, dtype=np.float32)
    return [
        np.concatenate([edge, alike]),
        np.concatenate([alike, edge]),
        np.array(announced(shapes), dtype=np.float32),
    ]


def announced(shapes: Sequence[LineShape]) -> list[bool]:
    """For each line, whether it belongs to a list of the article's own.

    That is a list which a line ending in a colon announces, or several lines in a row that are built
    alike in some detail, as menus are not: `Wales (Group E): second`.
    """
    found: list[bool] = []
    inside = False
    for index, shape in enumerate(shapes):
        before = shapes[index - 1] if index else None
        colon = before is not None and bool(before.values[4]) and not before.values[25]
        inside = not shape.values[25] and (colon or (inside and before is not None and _alike(before, shape)))
        found.append(inside)
    start = 0
    for index in range(1, len(shapes) + 1):
        if index == len(shapes) or shapes[index].skeleton != shapes[start].skeleton:
            if index - start >= _LIST_LINES and len(shapes[start].skeleton.partition(" ")[2]) >= _LIST_MARKS:
                found[start:index] = [True] * (index - start)
            start = index
    return found


def _alike(left: LineShape, right: LineShape) -> bool:
    kind = left.skeleton.partition(" ")[0]
    return left.skeleton == right.skeleton or (kind != "word" and kind == right.skeleton.partition(" ")[0])
