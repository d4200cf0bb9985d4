"""Words: how they are found, and how English they are."""

from __future__ import annotations

import re
from functools import lru_cache

from normalize.identify.lexicon import Lexicon, lexicon
from normalize.identify.scripts import LATIN, OTHER

WORD = re.compile(f"[{LATIN}]+(?:['’][{LATIN}]+)*")
"""A word in Latin letters."""

_NO_LANGUAGE = (
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"  # addresses
    r"|[#@]\w+"  # hashtags and handles
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|gov|edu|io)\b(?:/\S*)?"
    r"|\b\w+_\w+\b|\w+\(\)|`[^`\n]+`"  # identifiers of programs, code
)
TOKEN = re.compile(
    f"(?P<none>{_NO_LANGUAGE})"
    f"|(?P<latin>[{LATIN}]+(?:['’][{LATIN}]+)*)"
    # Words of another script with whatever but Latin letters stands between them are one token: nothing
    # between them can be English.
    f"|(?P<other>[{OTHER}]+(?:[^{LATIN}{OTHER}\n#@`]*[{OTHER}]+)*)"
)
"""The tokens of the best path: what is in no language, Latin words, runs of another script."""

UNKNOWN = -18.0
"""Log-probability in English of a lower-case word that is not in the lexicon and does not look English."""
_DERIVED = -14.0
"""The same where the word without an English ending is in the lexicon."""
_SHAPED = -15.5
"""The same where only the ending is English."""
RARE = -13.0
"""Log-probability in any language of a word that is not one of its common words."""
_CONTRACTED = frozenset({"s", "d", "ll", "re", "ve", "t", "m"})

# English inflection and derivation, each with what may stand in its place in the lexicon.
_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("izing", ("ize", "ise")), ("ising", ("ize", "ise")), ("ized", ("ize", "ise", "al")),
    ("ised", ("ize", "ise", "al")), ("izes", ("ize", "al")), ("ises", ("ize", "al")), ("ably", ("able",)),
    ("ibly", ("ible",)), ("ally", ("al", "ic", "y")), ("ily", ("y",)), ("ly", ("", "le")), ("iness", ("y",)),
    ("ness", ("",)), ("ability", ("able", "")), ("ivity", ("ive",)), ("ation", ("e", "ate", "")),
    ("ations", ("ation", "ate")), ("ing", ("", "e")), ("ings", ("ing", "")), ("ied", ("y",)), ("ed", ("", "e")),
    ("iers", ("y",)), ("ers", ("er", "", "e")), ("er", ("", "e")), ("ier", ("y",)), ("iest", ("y",)),
    ("est", ("", "e")), ("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ists", ("ist", "y")),
    ("ist", ("y", "")), ("ism", ("", "ist")), ("wards", ("ward", "")), ("ful", ("",)), ("less", ("",)),
    ("able", ("", "e")), ("like", ("",)), ("ic", ("y", "")), ("ous", ("e", "y")), ("ment", ("",)), ("ship", ("",)),
)  # fmt: skip
_PREFIXES = ("un", "re", "non", "in", "im", "dis", "over", "under", "out", "micro", "photo", "bio", "geo", "sub",
             "inter", "super", "pre", "mis", "anti", "auto", "counter", "home", "multi")  # fmt: skip
_ONLY_ENGLISH = re.compile(r"(?:ings?|tions?|ness|ably|ibly|ally|ously|ingly|edly|ship|hood|ful|less|ability|ivity)$")


@lru_cache(maxsize=1 << 16)
def english(word: str) -> float:
    """Log-probability in English of a lower-case word."""
    known = lexicon().english
    found = known.get(word)
    if found is not None:
        return found
    if "’" in word:
        word = word.replace("’", "'")
        if word in known:
            return known[word]
    if "'" in word:
        stem, _, ending = word.rpartition("'")
        if ending in _CONTRACTED:
            return max(english(stem), _SHAPED)
    if not word.isascii():
        return UNKNOWN
    return _unknown(word, known)


def _unknown(word: str, known: dict[str, float]) -> float:
    if len(word) > 4:
        for ending, instead in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) > 2:
                stem = word[: -len(ending)]
                if any(len(stem + other) > 3 and stem + other in known for other in instead):
                    return _DERIVED
                if stem[-1] == stem[-2] and stem[:-1] in known:
                    return _DERIVED
        for prefix in _PREFIXES:
            rest = word[len(prefix) :]
            if word.startswith(prefix) and len(rest) > 3 and rest in known:
                return _DERIVED
        for at in range(4, len(word) - 3):
            if known.get(word[:at], UNKNOWN) > -RARE_PART and known.get(word[at:], UNKNOWN) > -RARE_PART:
                return _DERIVED
    return _SHAPED if _ONLY_ENGLISH.search(word) else UNKNOWN


RARE_PART = 13.0
"""Both halves of a compound (`birdwatcher`) must be commoner than e to the minus this."""


@lru_cache(maxsize=1 << 16)
def doubt(word: str) -> float:
    """How much a lower-case word speaks against English, at most, whatever the other language is."""
    score = english(word)
    best = max((p for language, p in lexicon().common.get(word, {}).items() if language != "en"), default=RARE)
    if not word.isascii():
        best = max(best, RARE + 1.5)
    return max(-6.0, min(6.0, best - score))


def suspicious(text: str, enough: float, lex: Lexicon) -> bool:
    """Whether any passage of a text in Latin letters speaks against English by more than `enough`.

    A quick look that never misses what the best path would find: it takes each word at its most foreign.
    """
    words = WORD.findall(text)
    lower = {word for word in set(words) - lex.plain if word[0].islower()}
    if text.isupper():
        words = [word.lower() for word in words]
        lower = set(words) - lex.plain
    if not lower:
        return False
    doubts = {word: value for word in lower if (value := doubt(word)) > 0}
    total = 0.0
    for value in doubts.values():
        total += value
    if len(words) == len(set(words)) and total < enough:
        return False
    running = 0.0
    for word in words:
        value = doubts.get(word)
        if value is not None:
            running += value
            if running > enough:
                return True
        elif running > 0 and word in lex.plain:
            running -= 1.0 if running > 1.0 else running
    return False
