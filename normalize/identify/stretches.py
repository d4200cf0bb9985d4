"""Where a text leaves English and where it comes back: one best path over its words.

Every word says something for or against English (`normalize.identify.lexicon`; letters of another script
settle it), and every change of language between two words costs something: little at the end of a sentence
or at a quotation mark, much between two words of one clause. The cheapest path (Viterbi) through the words
of a block gives the stretches. It takes time linear in the length of the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from normalize.identify.classify import LANGUAGES
from normalize.identify.lexicon import Lexicon, lexicon
from normalize.identify.scripts import LATIN, OTHER, has_other_script, script_of

_WORD = re.compile(f"[{LATIN}]+(?:['’][{LATIN}]+)*")
_NO_LANGUAGE = (
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"  # addresses
    r"|[#@]\w+"  # hashtags and handles
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|gov|edu|io)\b(?:/\S*)?"
    r"|\b\w+_\w+\b|\w+\(\)"  # identifiers of programs
)
_TOKEN = re.compile(
    f"(?P<none>{_NO_LANGUAGE})|(?P<latin>[{LATIN}]+(?:['’][{LATIN}]+)*)|(?P<other>[{OTHER}]+)"
)
_OTHER = re.compile(f"[{OTHER}]")

LATIN_LANGUAGES = frozenset(LANGUAGES["Latn"])
ENGLISH = "en"
OTHER_SCRIPT = "other"
"""The state of text in another script, before its language is known."""
ANY = "any"
"""The state of a language in Latin letters whose common words are not known."""

_OOV = -18.0
"""Log-probability in English of a lower-case word that is not in the lexicon."""
_RARE = -13.0
"""Log-probability in any language of a word that is not one of its common words."""


class Stretch(NamedTuple):
    """A run of words that is not English; offsets into the text."""

    start: int
    end: int
    latin: bool
    evidence: float
    words: int


def _english(word: str, lex: Lexicon) -> float:
    found = lex.english.get(word)
    if found is None:
        if "’" in word:
            word = word.replace("’", "'")
            found = lex.english.get(word)
        if found is None and "'" in word:
            stem, _, ending = word.rpartition("'")
            if ending in {"s", "d", "ll", "re", "ve", "t", "m"}:
                found = lex.english.get(stem, -15.0)
    return _OOV if found is None else found


def _emissions(word: str, lex: Lexicon, languages: list[str], shout: bool) -> list[float]:
    """For each state, how much better the word fits there than in English."""
    lower = word.lower()
    weight = 1.0
    if word[0].isupper() and not shout:
        known = lower in lex.common or lower in lex.english
        if not known:
            gain = 0.3 if lower.isascii() else 1.2
            if word.isupper() and len(word) > 1:
                gain = 0.0
            return [-0.8 if state == OTHER_SCRIPT else gain for state in languages]
        weight = 0.5
    english = _english(lower, lex)
    rare = _RARE if lower.isascii() else _RARE + 1.5
    common = lex.common.get(lower, {})
    gains = []
    for state in languages:
        if state == OTHER_SCRIPT:
            gain = -1.0 if english == _OOV else -3.0
        else:
            gain = common.get(state, rare) - english
        gains.append(max(-6.0, min(6.0, gain)) * weight)
    return gains


def _switch_cost(gap: str, following: str, script_changes: bool) -> float:
    """What it costs to change the language between two words, by what stands between them."""
    if "\n" in gap:
        return 2.5
    if any(mark in gap for mark in ".!?…。！？"):
        return 3.0
    if any(mark in gap for mark in '"“”„«»‘‚‹›「」『』【】()[]（）<>|'):
        return 3.5
    if any(mark in gap for mark in ":;—–•/"):
        return 4.5
    if "," in gap or "、" in gap or "，" in gap:
        return 6.0
    if script_changes:
        return 5.0
    if following[0].isupper():
        return 6.0
    return 7.5


def _candidates(tokens: list[re.Match[str]], lex: Lexicon, known: list[str]) -> list[str]:
    """The languages in Latin script whose common words turn up most."""
    votes: dict[str, float] = defaultdict(float)
    for token in tokens:
        if token.lastgroup != "latin":
            continue
        word = token.group().lower()
        common = lex.common.get(word)
        if common:
            english = _english(word, lex)
            for language, score in common.items():
                if score > english and language != "en" and language in LATIN_LANGUAGES:
                    votes[language] += min(6.0, score - english)
    best = sorted(votes, key=lambda language: (-votes[language], language))[:4]
    return list(dict.fromkeys([*best, *known]))


def suspicion(block: str, lex: Lexicon) -> float:
    """How much in the block speaks against English, at most: below a few nats a closer look is useless."""
    words = _WORD.findall(block)
    if block.isupper():
        words = [word.lower() for word in words]
    plain = lex.plain
    total = 0.0
    for word in words:
        if word in plain or not word[0].islower():
            continue
        english = _english(word, lex)
        common = lex.common.get(word)
        best = max(common.values()) if common else _RARE
        if best > english:
            total += min(6.0, best - english)
    return total


_MINIMUM = 6.0


def stretches(text: str, start: int, end: int, known: list[str]) -> Iterator[Stretch]:
    """The stretches of one block (`text[start:end]`) that are not English.

    Args:
        text: The whole text.
        start: Where the block begins.
        end: Where the block ends.
        known: Languages in Latin script that the document is known to hold.
    """
    lex = lexicon()
    block = text[start:end]
    other = has_other_script(block)
    if not other and suspicion(block, lex) < _MINIMUM:
        return
    tokens = list(_TOKEN.finditer(block))
    if not tokens:
        return
    states = [ENGLISH, *_candidates(tokens, lex, known), ANY]
    if other:
        states.append(OTHER_SCRIPT)
    path, gains = _best_path(block, tokens, states, lex)
    first = 0
    while first < len(tokens):
        state = path[first]
        last = first
        latin = state not in (ENGLISH, OTHER_SCRIPT)
        while last + 1 < len(tokens) and (
            path[last + 1] == state or (latin and path[last + 1] not in (ENGLISH, OTHER_SCRIPT))
        ):
            last += 1
        if state != ENGLISH:
            yield Stretch(
                start + tokens[first].start(),
                start + tokens[last].end(),
                latin,
                sum(gains[first : last + 1]),
                last + 1 - first,
            )
        first = last + 1


def _best_path(
    block: str, tokens: list[re.Match[str]], states: list[str], lex: Lexicon
) -> tuple[list[str], list[float]]:
    """The best state of every token, and what it gains over English there."""
    count = len(states)
    shout = block.isupper()
    others = states[1:]
    cache: dict[str, list[float]] = {}
    scores = [0.0] + [-2.0] * (count - 1)
    back: list[list[int]] = []
    gained: list[list[float]] = []
    at = 0
    previous: str | None = None
    for number, token in enumerate(tokens):
        word = token.group()
        kind = token.lastgroup
        if kind == "latin":
            emission = cache.get(word)
            if emission is None:
                emission = cache[word] = _emissions(word, lex, others, shout)
        elif kind == "other":
            emission = _other_emission(block, token, others)
        else:
            emission = [0.0] * len(others)
        if number:
            cost = _switch_cost(block[at : token.start()], word, kind != previous)
            best = max(range(count), key=scores.__getitem__)
            floor = scores[best] - cost
            pointers = [state if scores[state] >= floor else best for state in range(count)]
            scores = [max(score, floor) for score in scores]
            back.append(pointers)
        scores = [scores[0], *(score + gain for score, gain in zip(scores[1:], emission, strict=True))]
        gained.append(emission)
        at = token.end()
        previous = kind
    state = max(range(count), key=scores.__getitem__)
    path = [state]
    for pointers in reversed(back):
        state = pointers[state]
        path.append(state)
    path.reverse()
    gains = [gained[index][state - 1] if state else 0.0 for index, state in enumerate(path)]
    return [states[state] for state in path], gains


def _other_emission(block: str, token: re.Match[str], others: list[str]) -> list[float]:
    """Letters of another script are not English, and not Latin either.

    A lone Greek letter is a symbol (α, Δ), and one or two letters that touch Latin ones are look-alikes
    or units (`5 μm`, `Сaпada`): these say nothing.
    """
    run = token.group()
    touching = (token.start() and block[token.start() - 1].isalpha()) or (
        token.end() < len(block) and block[token.end()].isalpha()
    )
    script = script_of(run[0])
    if (script == "Grek" and len(run) == 1) or (touching and script in ("Grek", "Cyrl") and len(run) < 3):
        return [0.0 if state == OTHER_SCRIPT else -1.0 for state in others]
    return [60.0 if state == OTHER_SCRIPT else -20.0 for state in others]
