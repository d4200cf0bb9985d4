"""What single words say about their language: read from data files, once, when first needed."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_LEVELS_PER_DECADE = 4
"""`english.txt` holds words by −log10 of their frequency, times this."""
_PLAIN_MARGIN = 2.0
"""How much better (natural logarithm) a word may fit another language and still say nothing by itself."""
_COMMON_ENGLISH = -9.5
"""English words at least this probable (natural logarithm) are its common words."""


class Lexicon(NamedTuple):
    """Words and how probable they are."""

    english: dict[str, float]
    """Lower-case English word → natural logarithm of its probability."""
    common: dict[str, dict[str, float]]
    """Lower-case word → language → natural logarithm of its probability, for each language's common words."""
    particles: frozenset[str]
    """Small words that names and titles are joined with."""
    units: frozenset[str]
    """Units of measurement, the same in every language."""
    plain: frozenset[str]
    """English words that are no common word of another language: a text of these needs no second look."""


def read_data(name: str) -> list[str]:
    """The lines of a data file, without comments and empty ones."""
    text = (files(__package__) / "data" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The word knowledge, from `data/`."""
    english: dict[str, float] = {}
    for line in read_data("english.txt"):
        level, *words = line.split()
        english.update(dict.fromkeys(words, -int(level) / _LEVELS_PER_DECADE * math.log(10)))
    common: dict[str, dict[str, float]] = {}
    for line in read_data("common_words.txt"):
        language, *words = line.split()
        for rank, word in enumerate(words):
            # Zipf's law with an offset (Mandelbrot): the commonest word makes up some 4 % of a text.
            common.setdefault(word, {}).setdefault(language, math.log(0.1 / (rank + 2.5)))
    plain = frozenset(
        word
        for word, score in english.items()
        if word not in common or max(common[word].values()) < score + _PLAIN_MARGIN
    )
    for word, score in english.items():
        if score > _COMMON_ENGLISH:
            common.setdefault(word, {})["en"] = score
    small = {name: frozenset(words) for name, *words in map(str.split, read_data("small_words.txt"))}
    return Lexicon(english, common, small["particles"], small["units"], plain)
