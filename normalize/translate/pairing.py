"""A foreign span with its English beside it: found by translating it and comparing.

What stands before or after the span, in brackets with it, after a dash or a slash, or on the next line
is compared with the span's translation (words by their stems and by the lexicon, letters in common,
numbers, names by sound, length), and so is other English of the document that surely is not its
translation. What the comparison is worth is learnt from aligned and misaligned sentences
(`evaluation/pairing.py` fits and measures it); the layout only moves the threshold.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import regex

from normalize.toml import load_toml
from normalize.translate import gate, lexicon, numerals
from normalize.translate.gate import content, stem
from normalize.translate.letters import plain
from normalize.translate.names import alike, capitalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normalize.document import Document, Span

Place = Literal[
    "bracket", "before", "after", "brackets-after", "brackets-before", "line-after", "line-before"
]

_OPEN, _CLOSE = "[(（【［{〔", "])）】］}〕"
_PAIRS = dict(zip(_CLOSE, _OPEN, strict=True))
_SEPARATOR = regex.compile(r"^[\s\-–—―/|:;,·•=~>»]+|[\s\-–—―/|:;,·•=~<«]+$")
_LETTER = regex.compile(r"\p{Latin}")
_SENTENCE_END = regex.compile(r"(?<=[.!?…][\"”’)]?)\s+(?=[\p{Lu}\"“‘(])")
_NOTE = regex.compile(r"\s*(?:【[^】]*】|\[[^\]]*\]|（[^）]*）|\([^)]*\))\s*$")
_NO_ALPHABET = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Devanagari}]")
SHORTEST = 40
"""Characters of English below which an inline span is a word in a sentence."""
_FAR = 4000


@dataclass(frozen=True, slots=True)
class Neighbour:
    """English text beside a span, and how it stands there."""

    place: Place
    text: str
    alone: bool
    """True if the span and this are all that there is in the line or in the brackets."""


@lru_cache(maxsize=1)
def _model() -> dict[str, Any]:
    return load_toml(Path(__file__).with_name("pairing.toml"))


def neighbours(document: Document, span: Span) -> list[Neighbour]:
    """The stretches of English beside a span that may be its translation."""
    text, others = document.text, [s for s in document.spans if s is not span]
    low, high = _line(text, span.start, span.end)
    found: list[Neighbour] = []
    bracket = _bracket(text, span, low, high)
    if bracket:
        inner_low, inner_high = bracket
        before = _clean(_outside(text, inner_low, span.start, others, "before"))
        after = _clean(_outside(text, span.end, inner_high, others, "after"))
        if after:
            found.append(Neighbour("bracket", after, not before))
        if before:
            found.append(Neighbour("bracket", before, not after))
        if not before and not after:
            # `English (foreign)`: what the brackets explain stands before them.
            found += _sides(text, inner_low - 1, inner_high + 1, low, high, others, "brackets-before")
    else:
        found += _sides(text, span.start, span.end, low, high, others, "")
        if not _clean(text[low : span.start]) and not _clean(text[span.end : high]):
            found += _lines(text, low, high, others)
    return [n for n in found if len(_LETTER.findall(n.text)) >= 2]


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    low = text.rfind("\n", max(0, start - _FAR), start) + 1 or max(0, start - _FAR if start > _FAR else 0)
    high = text.find("\n", end, end + _FAR)
    return low, high if high >= 0 else min(len(text), end + _FAR)


def _bracket(text: str, span: Span, low: int, high: int) -> tuple[int, int] | None:
    """The inside of the innermost brackets that hold the span."""
    depth: Counter[str] = Counter()
    for at in range(span.start - 1, low - 1, -1):
        mark = text[at]
        if mark in _PAIRS:
            depth[_PAIRS[mark]] += 1
        elif mark in _OPEN:
            if depth[mark]:
                depth[mark] -= 1
                continue
            close = _CLOSE[_OPEN.index(mark)]
            nested = 0
            for there in range(span.end, high):
                if text[there] == mark:
                    nested += 1
                elif text[there] == close:
                    if not nested:
                        return at + 1, there
                    nested -= 1
            return None
    return None


def _outside(text: str, start: int, end: int, others: Iterable[Span], side: str) -> str:
    """A stretch without other foreign spans: what lies between them and the span."""
    for other in others:
        if side == "after" and start <= other.start < end:
            end = other.start
        elif side == "before" and start < other.end <= end:
            start = other.end
    return text[start:end]


def _clean(text: str) -> str:
    return _SEPARATOR.sub("", _SEPARATOR.sub("", text)).strip("\"“”„«»'‘’ ")


def _sides(
    text: str, start: int, end: int, low: int, high: int, others: Sequence[Span], place: str
) -> list[Neighbour]:
    found = []
    after, before = (
        _outside(text, end, high, others, "after"),
        _outside(text, low, start, others, "before"),
    )
    lone_after, lone_before = not _clean(before), not _clean(after)
    if _clean(after):
        opened = regex.match(r"\s*([\[(（【])", after)
        if opened and (close := after.find(_CLOSE[_OPEN.index(opened[1])])) > 0:
            found.append(Neighbour("brackets-after", _clean(after[opened.end() : close]), lone_after))
        whole = _clean(after)
        kind: Place = "brackets-before" if place == "brackets-before" else "after"
        if kind == "after":
            found.append(Neighbour(kind, _clean(regex.sub(r"\s*\[[^\]]*\]\s*$", "", whole)), lone_after))
            first = _SENTENCE_END.split(whole)[0]
            if len(first) < len(whole):
                found.append(Neighbour(kind, first, False))
    if _clean(before):
        whole = _clean(before)
        kind = "brackets-before" if place == "brackets-before" else "before"
        found.append(Neighbour(kind, whole, lone_before))
        last = _SENTENCE_END.split(whole)[-1]
        if len(last) < len(whole):
            found.append(Neighbour(kind, last, False))
    return found


def _lines(text: str, low: int, high: int, others: Sequence[Span]) -> list[Neighbour]:
    """The lines above and below, where the span has a line to itself."""
    found = []
    rest = regex.compile(r"\n[ \t]*(?:\n[ \t]*)?([^\n]+)").match(text, high)
    if rest and _english(rest.start(1), rest.end(1), others):
        found.append(Neighbour("line-after", _clean(rest[1]), True))
    above = regex.search(r"([^\n]+)\n[ \t]*(?:\n[ \t]*)?$", text[max(0, low - _FAR) : low])
    if above:
        shift = max(0, low - _FAR)
        if _english(above.start(1) + shift, above.end(1) + shift, others):
            found.append(Neighbour("line-before", _clean(above[1]), True))
    return found


def _english(start: int, end: int, others: Iterable[Span]) -> bool:
    return not any(other.start < end and start < other.end for other in others)


# --- comparing -----------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _grams(text: str, size: int) -> Counter[str]:
    squeezed = regex.sub(r"\s+", "", plain(text))
    return Counter(squeezed[i : i + size] for i in range(len(squeezed) - size + 1))


def letters_alike(one: str, two: str) -> float:
    """chrF-like likeness of two English texts, 0 to 1."""
    total = 0.0
    for size in (2, 3, 4, 5):
        a, b = _grams(one, size), _grams(two, size)
        same = sum((a & b).values())
        size_a, size_b = max(1, sum(a.values())), max(1, sum(b.values()))
        total += 2 * same / (size_a + size_b)
    return total / 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a span, its translation and a piece of English agree; each of it is higher when they do."""

    words: float
    letters: float
    lexicon: float
    names: float
    numbers: float
    length: float

    def vector(self) -> list[float]:
        """The values in order."""
        return [self.words, self.letters, self.lexicon, self.names, self.numbers, self.length]


def likeness(source: str, translation: str | None, english: str, lang: str) -> Likeness:
    """Compare a span and its translation, if there is one, with a piece of English."""
    theirs = content(english)
    words = letters = 0.0
    if translation:
        mine = content(translation)
        same = _soft_overlap(mine, theirs)
        words = 2 * same / max(1, len(mine) + len(theirs))
        letters = letters_alike(translation, english)
    return Likeness(
        words,
        letters,
        _by_lexicon(source, theirs, lang),
        _by_names(source, english),
        _by_numbers(source, english, lang),
        -abs(math.log(max(1.0, expected_length(source, lang)) / max(1, len(english)))),
    )


def expected_length(source: str, lang: str) -> float:
    """Characters that the English of a text may have."""
    dense = len(regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]", source))
    per = gate.length_ratio(lang)
    if per < 1.5:
        return len(source) * per
    return dense * per + (len(source) - dense)


def _soft_overlap(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """Words in common; words of one stem with different endings count for most of one."""
    same = mine & theirs
    total = float(len(same))
    rest = sorted(theirs - same)
    for word in sorted(mine - same):
        if len(word) >= 5 and any(len(w) >= 5 and w[:5] == word[:5] for w in rest):
            total += 0.7
    return total


def _by_lexicon(source: str, theirs: frozenset[str], lang: str) -> float:
    """The share of the source's words of which the word list has a translation that is there."""
    known, hit = lexicon.coverage(source, theirs, lang, stem)
    return hit / known if known >= 2 else hit / 2


def _by_names(source: str, english: str) -> float:
    """Names that agree, against those of the English that have nothing like them in the source."""
    names = [name for name in dict.fromkeys(capitalised(english)) if len(name) >= 4]
    mine = list(dict.fromkeys(regex.findall(r"[\p{L}\p{M}]{4,}", source)))
    cased = [w for w in mine if w[0].isupper()]
    pool = cased or mine
    if not names or not pool or _NO_ALPHABET.search(source):
        return 0.0
    hits = sum(1 for name in names if any(alike(word, name) >= 0.78 for word in pool))
    # Words that two languages of the same letters share count as well.
    return (hits - 0.35 * (len(names) - hits)) / math.sqrt(len(names))


def _by_numbers(source: str, english: str, lang: str) -> float:
    seen = numerals.compare(source, english, lang)
    if not seen.source:
        return -0.5 * min(2, len(seen.output)) if seen.output and not numerals.spells_number(source) else 0.0
    right = len(seen.source) - len(seen.missing)
    return right - 1.5 * len(seen.missing) - 0.5 * len(seen.invented)


def baseline(others: Sequence[Likeness]) -> Likeness | None:
    """What likeness chance gives in this document: a high value of those that are no translations."""
    if not others:
        return None
    columns = zip(*(other.vector() for other in others), strict=True)
    return Likeness(*(sorted(values)[-1 - len(values) // 3] for values in columns))


def features(found: Likeness, base: Likeness | None) -> list[float]:
    """What the weights are for: the values, and what they have over chance."""
    values = found.vector()
    chance = base.vector() if base else values
    return [*values, *(value - usual for value, usual in zip(values, chance, strict=True))]


def probability(
    found: Likeness, neighbour: Neighbour, base: Likeness | None, *, kind: str, known: str
) -> float:
    """How surely a neighbour is the English of a span.

    Args:
        found: How they agree.
        neighbour: The neighbour.
        base: What agreement chance gives in the document.
        kind: Kind of the span.
        known: `both` if there are a translation and a word list for the language, `translated` or `listed`
            if there is one of them, else `untranslated`.
    """
    model = _model()
    weights = model[known]
    total = float(weights["bias"])
    for weight, value in zip([*weights["likeness"], *weights["margin"]], features(found, base), strict=True):
        total += weight * value
    total += float(model["place"][neighbour.place])
    if neighbour.alone:
        total += float(model["alone"].get(neighbour.place, 0.0))
        if kind == "headline":
            total += float(model["alone_headline"].get(neighbour.place, 0.0))
    if kind == "headline":
        total += float(model["headline"])
    if known == "untranslated":
        # Nothing but length, names and numbers to go by: the layout has to count for more.
        total += float(model["unknown"]["brackets" if "bracket" in neighbour.place else "elsewhere"])
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, total))))


def contrasts(document: Document, span: Span, near: Sequence[Neighbour]) -> list[str]:
    """English of the same document that is not the span's translation: what chance likeness looks like."""
    close = {n.text for n in near}
    low, high = _line(document.text, span.start, span.end)
    covered = sorted((s.start, s.end) for s in document.spans)
    found = []
    at = 0
    for start, end in [*covered, (len(document.text), len(document.text))]:
        for line in document.text[at:start].split("\n"):
            found += [piece for piece in _SENTENCE_END.split(line) if len(_LETTER.findall(piece)) >= 20]
        at = max(at, end)
    here = document.text[low:high]
    length = max(20.0, expected_length(document.text[span.start : span.end], span.lang))
    chosen = [f for f in dict.fromkeys(_clean(f) for f in found) if f not in close and f not in here]
    return sorted(chosen, key=lambda f: abs(math.log(len(f) / length)))[:6]


def _without_note(source: str) -> str:
    """A headline without the name of its source, as `【河青新闻网】` behind it."""
    bare = _NOTE.sub("", source)
    return bare if len(bare) > 0.4 * len(source) else source


def judge(document: Document, span: Span, translation: str | None) -> float:
    """How surely the English of the span stands beside it, by the best of its neighbours."""
    near = neighbours(document, span)
    if not near:
        return 0.0
    source = _without_note(document.text[span.start : span.end])
    base = baseline(
        [likeness(source, translation, text, span.lang) for text in contrasts(document, span, near)]
    )
    names = {(True, True): "both", (True, False): "translated", (False, True): "listed"}
    known = names.get((translation is not None, lexicon.has(span.lang)), "untranslated")
    return max(
        probability(
            likeness(source, translation, n.text, span.lang),
            n,
            base,
            kind=span.kind,
            known=known,
        )
        for n in near
    )


def may_be_paired(source: str, span: Span) -> bool:
    """False for a word or two within a sentence: nobody writes their translation beside them."""
    return span.kind != "inline" or expected_length(source, span.lang) >= SHORTEST


def paired(document: Document, span: Span, translation: str | None) -> bool:
    """True if the English of the span stands beside it."""
    return judge(document, span, translation) >= float(_model()["threshold"])
