"""What single words say about being English or not: read from data files, once, when first needed."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_ENGLISH_LEVELS = 4
"""`english.txt` holds words by −log10 of their frequency, times this."""


class Lexicon(NamedTuple):
    """Word knowledge for Latin script."""

    english: dict[str, float]
    """Lower-case English word → natural logarithm of its probability."""
    foreign: dict[str, dict[str, float]]
    """Lower-case word → language → natural logarithm of its probability, for each language's commonest words."""
    plain: frozenset[str]
    """English words that are no common word of another language: a text made of these needs no second look."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The word knowledge, from `data/`."""
    data = files(__package__) / "data"
    english: dict[str, float] = {}
    for line in (data / "english.txt").read_text("utf-8").splitlines():
        level, *words = line.split()
        english.update(dict.fromkeys(words, -int(level) / _ENGLISH_LEVELS * math.log(10)))
    foreign: dict[str, dict[str, float]] = {}
    for line in (data / "common_words.txt").read_text("utf-8").splitlines():
        language, *words = line.split()
        for rank, word in enumerate(words):
            # Zipf's law with an offset (Mandelbrot): the commonest word makes up some 4 % of a text.
            foreign.setdefault(word, {})[language] = math.log(0.1 / (rank + 2.5))
    plain = frozenset(
        word
        for word, score in english.items()
        if word not in foreign or max(foreign[word].values()) < score + 1.0
    )
    return Lexicon(english, foreign, plain)
