"""Words: how they are found, and how English they are."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, NamedTuple

from normalize.identify.lexicon import Lexicon, lexicon
from normalize.identify.scripts import LATIN, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = re.compile(f"[{LATIN}]+(?:['’][{LATIN}]+)*")
"""A word in Latin letters."""

_NO_LANGUAGE = (
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"  # addresses
    r"|[#@]\w+"  # hashtags and handles
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|gov|edu|io)\b(?:/\S*)?"
    r"|\b\w+_\w+\b|\w+\(\)|`[^`\n]+`"  # identifiers of programs, code
)
_WORDS = (
    f"(?P<latin>[{LATIN}]+(?:['’][{LATIN}]+)*)"
    # Words of another script with whatever but Latin letters stands between them are one token: nothing
    # between them can be English.
    f"|(?P<other>[{OTHER}]+(?:[^{LATIN}{OTHER}\n#@`]*[{OTHER}]+)*)"
)
_TOKEN = re.compile(_WORDS)
_TOKEN_OR_CODE = re.compile(f"(?P<none>{_NO_LANGUAGE})|{_WORDS}")
_CODE = re.compile(r"[@#_`]|\w\.\w|//|\(\)|www")


class Token(NamedTuple):
    """One word or run; offsets into the block."""

    text: str
    kind: str
    """`latin`, a word; `other`, a run of another script; `none`, what is in no language."""
    start: int
    end: int


def tokenize(block: str) -> list[Token]:
    """The tokens of the best path."""
    pattern = _TOKEN_OR_CODE if _CODE.search(block) else _TOKEN
    return [Token(m.group(), m.lastgroup or "", m.start(), m.end()) for m in pattern.finditer(block)]


UNKNOWN = -18.0
"""Log-probability in English of a lower-case word that is not in the lexicon and does not look English."""
_DERIVED = -14.0
"""The same where the word without an English ending is in the lexicon."""
_SHAPED = -15.5
"""The same where only the ending is English."""
RARE = -13.0
"""Log-probability in any language of a word that is not one of its common words."""
ANY = "any"
"""Stands for a language in Latin letters whose common words are not known."""
_CONTRACTED = frozenset({"s", "d", "ll", "re", "ve", "t", "m"})

# English inflection and derivation, each with what may stand in its place in the lexicon.
_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("izing", ("ize", "ise")), ("ising", ("ize", "ise")), ("ized", ("ize", "ise", "al")), ("ised",
    ("ize", "ise", "al")), ("izes", ("ize", "al")), ("ises", ("ize", "al")), ("ably", ("able",)),
    ("ibly", ("ible",)), ("ally", ("al", "ic", "y")), ("ily", ("y",)), ("ly", ("", "le")), ("iness",
    ("y",)), ("ness", ("",)), ("ability", ("able", "")), ("ivity", ("ive",)), ("ation", ("e", "ate",
    "")), ("ations", ("ation", "ate")), ("ing", ("", "e")), ("ings", ("ing", "")), ("ied", ("y",)),
    ("ed", ("", "e")), ("iers", ("y",)), ("ers", ("er", "", "e")), ("er", ("", "e")), ("ier",
    ("y",)), ("iest", ("y",)), ("est", ("", "e")), ("ies", ("y",)), ("es", ("", "e")), ("s", ("",)),
    ("ists", ("ist", "y")), ("ist", ("y", "")), ("ism", ("", "ist")), ("wards", ("ward", "")),
    ("ful", ("",)), ("less", ("",)), ("able", ("", "e")), ("like", ("",)), ("ic", ("y", "")),
    ("ous", ("e", "y")), ("ment", ("",)), ("ship", ("",)),
)  # fmt: skip
_LAST = tuple({ending for ending, _ in _ENDINGS})
_PREFIXES = (
    "un", "re", "non", "in", "im", "dis", "over", "under", "out", "micro", "photo", "bio", "geo",
    "sub", "inter", "super", "pre", "mis", "anti", "auto", "counter", "home", "multi",
)  # fmt: skip
_ONLY_ENGLISH = re.compile(
    r"(?:ings?|tions?|ness|ably|ibly|ally|ously|ingly|edly|ship|hood|ful|less|ability|ivity)$"
)


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
    if len(word) > 4 and (_inflected(word, known) or _compound(word, known)):
        return _DERIVED
    return _SHAPED if _ONLY_ENGLISH.search(word) else UNKNOWN


def _inflected(word: str, known: dict[str, float]) -> bool:
    """Whether the word is a known one with an English ending."""
    if not word.endswith(_LAST):
        return False
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        if any(len(stem + other) > 3 and stem + other in known for other in instead):
            return True
        if stem[-1] == stem[-2] and stem[:-1] in known:
            return True
    return False


def _compound(word: str, known: dict[str, float]) -> bool:
    """Whether the word is a known one with a prefix, or two that are not rare."""
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > 3 and rest in known:
            return True
    return any(
        known.get(word[:at], UNKNOWN) > _RARE_PART and known.get(word[at:], UNKNOWN) > _RARE_PART
        for at in range(4, len(word) - 3)
    )


_RARE_PART = -13.0
"""Both halves of a compound (`birdwatcher`) must be more probable than this."""


@lru_cache(maxsize=1 << 16)
def gain(word: str, language: str) -> float:
    """How much better a lower-case word fits another language than English."""
    if word in lexicon().units:
        return 0.0
    rare = RARE if word.isascii() else RARE + 1.5
    score = lexicon().common.get(word, {}).get(language, rare) - english(word)
    return max(-6.0, min(6.0, score))


@lru_cache(maxsize=1 << 16)
def doubt(word: str) -> float:
    """How much a lower-case word speaks against English, at most, whatever the other language is."""
    languages = lexicon().common.get(word, {}).keys() - {"en"}
    return max([gain(word, language) for language in languages], default=gain(word, ANY))


@lru_cache(maxsize=1 << 17)
def _suspicion(word: str) -> float:
    """The doubt about a word as it is written; capitalized ones may be names, which says nothing."""
    return doubt(word) if word[0].islower() else 0.0


_DECAY = 0.5
"""A word that casts no doubt takes at least about so much from the doubt cast before it."""


def favourites(words: Iterable[str], number: int) -> list[str]:
    """The languages whose common words turn up most among lower-case words, most first."""
    common = lexicon().common
    votes: dict[str, float] = defaultdict(float)
    for word in words:
        for language in common.get(word, ()):
            if language != "en" and (score := gain(word, language)) > 0:
                votes[language] += score
    return sorted(votes, key=lambda language: (-votes[language], language))[:number]


def survey(text: str, enough: float, lex: Lexicon) -> str:
    """A quick look at a text in Latin letters: `english`, `foreign`, or `mixed`.

    It calls foreign only what has no two English words in a row, and mixed what only the best path can tell.
    """
    words = WORD.findall(text.lower() if text.isupper() else text)
    doubts = {word: value for word in set(words) - lex.plain if (value := _suspicion(word)) > 0.0}
    if len(doubts) < 2 or sum([value * words.count(word) for word, value in doubts.items()]) <= enough:
        return "english"
    running = highest = 0.0
    last = 0
    for at in [at for at, word in enumerate(words) if word in doubts]:
        running = max(0.0, running - _DECAY * (at - last - 1)) + doubts[words[at]]
        highest = max(highest, running)
        last = at
    if highest <= enough:
        return "english"
    lower = [word for word in words if word[0].islower()]
    doubtful = [word for word in lower if word in doubts]
    highest = 0.0
    for language in (*favourites(doubtful, 3), ANY):
        highest = _highest(map(gain, lower, repeat(language)))
        if highest > enough:
            break
    else:
        return "english"
    if highest > 4 * enough and 16 * sum(map(lex.plain.__contains__, lower)) <= len(words):
        rows = pairwise(lower)
        if not any(first in lex.plain and second in lex.plain for first, second in rows):
            return "foreign"
    return "mixed"


def _highest(values: Iterable[float]) -> float:
    """The highest sum of neighbouring values (J. Kadane's algorithm)."""
    running = highest = 0.0
    for value in values:
        running += value
        if running < 0.0:
            running = 0.0
        elif running > highest:
            highest = running
    return highest
