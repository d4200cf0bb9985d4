"""Headline case, as English newspapers write it."""

from __future__ import annotations

import regex

_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "but",
        "or",
        "nor",
        "for",
        "so",
        "yet",
        "as",
        "at",
        "by",
        "in",
        "of",
        "off",
        "on",
        "per",
        "to",
        "up",
        "via",
        "vs",
        "from",
        "into",
        "onto",
        "over",
        "with",
        "than",
        "if",
    ]
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[’'][\p{L}]+)?")
LONGEST = 16
"""Words; what is longer is a sentence, whatever the layout says."""


def headline_case(text: str) -> str:
    """Capitals for all words but small ones, except where a word has capitals of its own.

    >>> headline_case("protests in Kazakhstan: the end of an era")
    'Protests in Kazakhstan: The End of an Era'
    """
    words = list(_WORD.finditer(text))
    if len(words) > LONGEST or regex.search(r"[.!?][\"”’]?\s+\p{Lu}", text):
        return text
    out, at = [], 0
    for index, match in enumerate(words):
        word = match.group()
        before = text[at : match.start()]
        out.append(before)
        first = index == 0 or bool(regex.search(r"[:?!.—–“\"]\s*$", before))
        last = index == len(words) - 1
        if word.islower() and (first or last or word not in _SMALL):
            word = word[0].upper() + word[1:]
        out.append(word)
        at = match.end()
    out.append(text[at:])
    return "".join(out)
