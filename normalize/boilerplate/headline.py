"""Which line above the body is the headline of the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normalize import metadata as stated
from normalize.boilerplate import structure
from normalize.boilerplate.text import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.boilerplate.features import LineShape
    from normalize.boilerplate.text import Line

# How far above the first paragraph a headline may stand, with teaser, byline and pictures between.
_REACH = 30
_LEAST_WORDS = 3
_LEAST_IDEOGRAPHS = 6
# What counts for a candidate: that it looks like text of the article, that the article speaks of what it
# says, that it stands there more than once, that it opens the document, that nothing but date and byline
# part it from the article; and what counts against it.
_STAYS, _SHARED, _AGAIN, _FIRST, _ADJOINS, _FAR = 0.6, 1.0, 0.3, 0.5, 0.4, 0.02
_ENOUGH = 0.5
_HALF = 0.5


def find_headline(
    lines: Sequence[Line],
    shapes: Sequence[LineShape],
    excluded: Sequence[bool],
    likely: Sequence[float],
    known: str | None,
) -> range | None:
    """The lines (one or two) that are the headline.

    Args:
        lines: The lines of the document.
        shapes: Their features.
        excluded: Lines that are something else for certain: a date, a byline, clutter by a pattern.
        likely: How likely each line is clutter.
        known: The title that the format gave; then the headline must say the same.
    """
    body = next(
        (i for i, line in enumerate(lines) if structure.is_prose(line.text) and likely[i] < _HALF), None
    )
    if body is None:
        return None
    spoken = {
        word
        for i in range(body, len(lines))
        if shapes[i].weight and likely[i] < _HALF
        for word in shapes[i].words
    }
    best, found = _ENOUGH, None
    for block in structure.blocks(lines):
        if block[0] >= body:
            break
        rest = [i for i in block if not excluded[i] and i < body]
        if not rest or rest[-1] < body - _REACH:
            continue
        texts = [lines[i].text for i in rest]
        count = stated.title_lines(texts)
        if not count or rest[count - 1] - rest[0] != count - 1:
            continue
        title = " ".join(texts[:count])
        if not _long_enough(title):
            continue
        if known is not None and not _same(title, known):
            continue
        words = {word for i in rest[:count] for word in shapes[i].words}
        shared = len(words & spoken) / len(words) if words else 0.0
        score = (
            _STAYS * (1 - float(likely[rest[0]]))
            + _SHARED * shared
            + (_AGAIN if sum(shape.key == shapes[rest[0]].key for shape in shapes) > 1 else 0)
            + (_FIRST if rest[0] == 0 or all(excluded[: rest[0]]) else 0)
            + (_ADJOINS if words & spoken and all(excluded[rest[count - 1] + 1 : body]) else 0)
            - _FAR * (body - rest[0])
            + (1.0 if known is not None else 0)
        )
        # Of two copies the later one: it stands at the article, the earlier in a menu.
        if score >= best:
            best, found = score, range(rest[0], rest[count - 1] + 1)
    return found


def _long_enough(title: str) -> bool:
    return title.count(" ") + 1 >= _LEAST_WORDS or structure.ideographs(title) >= _LEAST_IDEOGRAPHS


def _same(title: str, known: str) -> bool:
    left, right = key(title), key(known)
    return bool(left) and (
        left == right or (len(left) > 15 and left in right) or (len(right) > 15 and right in left)
    )
