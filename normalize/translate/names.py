"""Names spelled one way: as the document's English spells them, else as most of its translations do.

`Токајев`, `Токаев` and `Tokajeva` are one name, and where the English part of the document says Tokayev,
so does the translation. Names are compared by how they sound, roughly, with the endings of inflected
languages cut off.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from normalize.translate.gate import is_english
from normalize.translate.letters import plain, to_latin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CAPITALISED = regex.compile(r"\p{Lu}[\p{L}\p{M}]+(?:[-’'](?=\p{Lu})\p{Lu}[\p{L}\p{M}]+)*")
_LOWER = regex.compile(r"(?<![\p{L}])\p{Ll}[\p{L}\p{M}]+")
_POSSESSIVE = regex.compile(r"[’']s?$")
_SOUNDS = [
    (regex.compile(pattern), sound)
    for pattern, sound in (
        (r"shch|šč|sch|sh|š|ş|ś|cz|tch|tsch|ch|č|ć|ç", "$"),
        (r"zh|ž|ż|ź|dž|dj|đ|dzh", "%"),
        (r"kh|x(?=[aeiou])|gh", "h"),
        (r"th", "t"),
        (r"ph", "f"),
        (r"ck|qu|q|c(?![eiy])", "k"),
        (r"x", "ks"),
        (r"tz|ts|c", "s"),
        (r"z", "s"),
        (r"w", "v"),
        (r"ou|oo", "u"),
        (r"ee|ii|iy|yi|ij|ji|y", "i"),
        (r"ai|ei|aj|ej|ay|ey", "e"),
        (r"[ij]+(?=[aeou])", ""),
        (r"j", "i"),
        (r"(?<=[$%hkstfvlmnrpbdg])h|h(?=[$%kstfvlmnrpbdg])", ""),
        (r"(.)\1+", r"\1"),
    )
]
_SHORTEST = 4


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """A word reduced to how it sounds, across spellings of several languages.

    >>> sound("Tokayev") == sound("Токаев")
    True
    """
    text = to_latin(word)
    for pattern, replacement in _SOUNDS[:2]:
        text = pattern.sub(replacement, text)
    text = "".join(letter if letter in "$%" else plain(letter) for letter in text)
    for pattern, replacement in _SOUNDS[2:]:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=262144)
def ratio(one: str, two: str) -> float:
    """How alike two sounds are, from 0 to 1: edits against length."""
    if one == two:
        return 1.0
    longer = max(len(one), len(two))
    if not one or not two or abs(len(one) - len(two)) > 0.5 * longer:
        return 0.0
    row = [float(i) for i in range(len(two) + 1)]
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(two, 1):
            cost = 0.0 if a == b else 0.5 if a in "aeiou" and b in "aeiou" else 1.0
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + cost)
    return 1.0 - row[-1] / longer


@lru_cache(maxsize=262144)
def alike(foreign: str, english: str) -> float:
    """How surely a word of another language, maybe inflected, is an English name."""
    mine, theirs = sound(foreign), sound(english)
    if not mine or not theirs or (mine[0] != theirs[0] and not {mine[0], theirs[0]} <= set("aeiouh")):
        return 0.0
    best = ratio(mine, theirs)
    for cut in (1, 2, 3, 4):
        if len(mine) - cut >= _SHORTEST and best < 1.0:
            # An ending that was cut off costs a little, so that the exact form wins.
            best = max(best, ratio(mine[:-cut], theirs) - 0.02 * cut)
    return best


def capitalised(text: str) -> list[str]:
    """Words with a capital, without a possessive ending."""
    return [_POSSESSIVE.sub("", match.group()) for match in _CAPITALISED.finditer(text)]


def english_names(texts: Iterable[str]) -> dict[str, int]:
    """Names that English text uses, with how often: capitalised words that it never writes small."""
    counts: Counter[str] = Counter()
    small: set[str] = set()
    for text in texts:
        counts.update(name for name in capitalised(text) if len(name) >= _SHORTEST)
        small.update(match.group() for match in _LOWER.finditer(text))
    return {name: count for name, count in counts.items() if name.casefold() not in small}


class Speller:
    """The names of one document."""

    def __init__(self, english: Iterable[str]) -> None:
        self.names = english_names(english)
        self._index: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            self._index[sound(name)[:1]].append(name)

    def name_of(self, word: str) -> str | None:
        """The English name that a foreign word is, None if the document has none like it."""
        if len(word) < _SHORTEST:
            return None
        first = sound(word)[:1]
        keys = "aeiouh" if first and first in "aeiouh" else first
        best, name = 0.0, None
        for candidate in (n for k in keys for n in self._index.get(k, ())):
            likeness = alike(word, candidate)
            if (likeness, self.names[candidate]) > (best, self.names.get(name or "", 0)):
                best, name = likeness, candidate
        return name if best >= (0.8 if len(word) > 5 else 0.9) else None

    def respell(self, source: str, output: str) -> str:
        """The output with the names of the source as the document's English spells them."""
        wanted = {}
        for word in dict.fromkeys(match.group() for match in _CAPITALISED.finditer(source)):
            name = self.name_of(word)
            if name and not regex.search(rf"\b{regex.escape(name)}\b", output):
                wanted[word] = name
        for word, name in wanted.items():
            output = _exchange(output, word, name, self.names)
        return output


def _exchange(output: str, foreign: str, name: str, known: dict[str, int]) -> str:
    """Put `name` where the output spells it another way."""
    best, place = 0.0, None
    strange = []
    for match in _CAPITALISED.finditer(output):
        word = _POSSESSIVE.sub("", match.group())
        if word in known or len(word) < 3:
            continue
        if not is_english(word) and _garbled_name(word, name):
            strange.append(word)
        likeness = max(ratio(sound(word), sound(name)), alike(foreign, word) - 0.05)
        near = abs(len(sound(word)) - len(sound(name))) <= 2
        if near and likeness > best:
            best, place = likeness, (match.start(), match.start() + len(word))
    if place and best >= 0.62:
        bad = output[slice(*place)]
    elif len(set(strange)) == 1:
        # The only word that is no English and begins as the name does: what a weak model made of it.
        bad = strange[0]
    else:
        return output
    return regex.sub(rf"\b{regex.escape(bad)}\b", name, output)


def _garbled_name(word: str, name: str) -> bool:
    """True if a word begins as the name does, and is not a word of its own derived from it."""
    one, two = sound(word), sound(name)
    shared = next(
        (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return 1 <= shared < 4


def unify(pairs: Sequence[tuple[str, str]], speller: Speller) -> list[str]:
    """Sources and outputs of one document; gives the outputs with every name spelled one way.

    Names that the English part has not are spelled as most of the outputs spell them.
    """
    outputs = [speller.respell(source, output) for source, output in pairs]
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    stems: dict[str, str] = {}
    for (source, _), output in zip(pairs, outputs, strict=True):
        said = [w for w in capitalised(output) if len(w) >= _SHORTEST]
        for word in {match.group() for match in _CAPITALISED.finditer(source)}:
            if len(word) < 5:
                continue
            best = max(said, key=lambda w: alike(word, w), default=None)
            if best and alike(word, best) >= 0.72:
                spellings[_stem(word, stems)][best] += 1
    for stem, forms in spellings.items():
        if len(forms) < 2:
            continue
        chosen = max(forms, key=lambda w: (w in speller.names, forms[w], alike(stem, w), w))
        for other in forms:
            # Kazakh and Kazakhstan are two words, Tokayev and Tokaev one.
            near = ratio(sound(other), sound(chosen)) >= 0.75 and abs(len(other) - len(chosen)) <= 2
            if other != chosen and near and other not in speller.names:
                pattern = rf"\b{regex.escape(other)}\b"
                outputs = [regex.sub(pattern, chosen, output) for output in outputs]
    return outputs


def _stem(word: str, stems: dict[str, str]) -> str:
    """One form for all inflected forms of a name."""
    if word not in stems:
        mine = sound(word)
        for known in list(stems):
            theirs = sound(known)
            shared = min(len(mine), len(theirs))
            if (
                shared >= 5
                and max(len(mine), len(theirs)) - shared <= 3
                and mine[: shared - 1] == theirs[: shared - 1]
            ):
                stems[word] = stems[known]
                break
        else:
            stems[word] = word
    return stems[word]
