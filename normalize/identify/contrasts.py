"""What tells close relatives apart: letters, endings and words that only some of them have."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from normalize.identify.lexicon import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable

SERBOCROATIAN = ("hr", "bs", "sr")
_ODDS_LEVELS = 4.0
"""`serbocroatian.txt` holds logarithms of odds, times this."""


class _Contrasts(NamedTuple):
    words: dict[str, list[str]]
    starts: dict[str, list[str]]
    ends: dict[str, list[str]]
    parts: dict[str, list[str]]
    part: re.Pattern[str]
    longest_start: int
    longest_end: int


@lru_cache(maxsize=1)
def _contrasts() -> _Contrasts:
    tables: tuple[dict[str, list[str]], ...] = tuple(defaultdict(list) for _ in range(4))
    words, starts, ends, parts = tables
    for line in read_data("contrasts.txt"):
        name, *cues = line.split()
        if name == "group":
            continue
        for cue in dict.fromkeys(cues):
            open_start, open_end = cue.startswith("-"), cue.endswith("-")
            table = (
                parts if open_start and open_end else ends if open_start else starts if open_end else words
            )
            table[cue.strip("-")] += name.split("+")
    pattern = "|".join(sorted(map(re.escape, parts), key=lambda part: (-len(part), part)))
    return _Contrasts(
        words, starts, ends, parts, re.compile(pattern), max(map(len, starts)), max(map(len, ends))
    )


@lru_cache(maxsize=1)
def _serbocroatian() -> dict[str, tuple[float, ...]]:
    odds = {}
    for line in read_data("serbocroatian.txt"):
        levels, *words = line.split()
        odds.update(dict.fromkeys(words, tuple(int(level) / _ODDS_LEVELS for level in levels.split(","))))
    return odds


def cues(words: Iterable[str]) -> Counter[str]:
    """How many words speak for each language against its relatives (`data/contrasts.txt`)."""
    known = _contrasts()
    found: Counter[str] = Counter()
    for word in words:
        hits = list(known.words.get(word, ()))
        for size in range(2, min(known.longest_start, len(word)) + 1):
            hits += known.starts.get(word[:size], ())
        for size in range(2, min(known.longest_end, len(word) - 1) + 1):
            hits += known.ends.get(word[-size:], ())
        for part in set(known.part.findall(word)):
            hits += known.parts[part]
        found.update(set(hits))
    return found


def serbocroatian_odds(words: Iterable[str]) -> tuple[float, float, float]:
    """Sums of log-odds for Croatian, Bosnian and Serbian (Latin letters), by word frequencies."""
    table = _serbocroatian()
    sums = [0.0, 0.0, 0.0]
    for word in words:
        for index, value in enumerate(table.get(word, ())):
            sums[index] += value
    return sums[0], sums[1], sums[2]
