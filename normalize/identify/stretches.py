"""Where a text leaves English and where it comes back: the best path through its words.

Every word says something for or against English (`normalize.identify.words`; letters of another script settle
it), and every change of language between two words costs something: little at the end of a sentence or at a
quotation mark, much between two words of one clause. The cheapest path (A. Viterbi, 1967) through the words
of a block gives the stretches. It takes time linear in the length of the text.

All quantities are natural logarithms of odds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from normalize.identify.lexicon import Lexicon, lexicon
from normalize.identify.scripts import OTHER, family, has_other_script, script_of
from normalize.identify.words import ANY, UNKNOWN, Token, english, favourites, gain, survey, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH = "en"
OTHER_SCRIPT = "other"
"""The state of text in another script, before its language is known."""

_ENTER = -2.0
"""A block begins in English rather than not."""
_CERTAIN = 60.0
"""Evidence that settles it."""
_MINIMUM = 7.0
"""Evidence below this cannot pay for two changes of language."""
_CANDIDATES = 2
_LETTERS = 0.25
"""What single letters and acronyms weigh."""
_ACRONYM = 0.3
_ARTICLE = -5.2
"""Words commoner than this are words even where they look like acronyms (`A`)."""
_FREQUENT = -8.5
"""English words commoner than this (log-probability) are hardly ever part of a foreign name."""

_PHRASE = 7
"""So many words in Latin letters may stand inside a foreign sentence and belong to it."""

_NEAR = 12
"""How many words around another script may belong to it."""

_NOT_LATIN = re.compile(f"[{OTHER}]+")
_FINAL = re.compile(r"[.!?…。！？؟।۔]")
_QUOTE = re.compile(r"[\"“”„«»‘‚‹›「」『』【】()\[\]（）<>|{}]")
_STOP = re.compile(r"[:;—–•/|]")
_COMMA = re.compile(r"[,、，،]")


class Stretch(NamedTuple):
    """A run of words that is not English; offsets into the text."""

    start: int
    end: int
    latin: bool
    evidence: float
    words: tuple[str, ...]
    entry: float
    """What the change of language cost where it begins: high in the middle of a clause."""
    exit: float
    """The same where it ends."""


def stretches(text: str, start: int, end: int) -> Iterator[Stretch]:
    """The stretches of one block (`text[start:end]`) that are not English.

    Args:
        text: The whole text.
        start: Where the block begins.
        end: Where the block ends.
    """
    lex = lexicon()
    block = text[start:end]
    other = has_other_script(block)
    impression = "mixed" if other else survey(block, _MINIMUM, lex)
    if impression == "english":
        return
    tokens = tokenize(block)
    if not tokens:
        return
    if impression == "foreign" or (other and _all_foreign(block, tokens, lex)):
        words = tuple(token.text for token in tokens)
        yield Stretch(start + tokens[0].start, start + tokens[-1].end, not other, _CERTAIN, words, 0.0, 0.0)
        return
    if other and survey(_NOT_LATIN.sub(" ", block), _MINIMUM, lex) == "english":
        # Nothing to look for but the other script: only its surroundings matter.
        path, gains, costs = _around_other_script(block, tokens)
    else:
        suspects = [
            token.text.lower() for token in tokens if token.kind == "latin" and token.text not in lex.plain
        ]
        states = (ENGLISH, *favourites(suspects, _CANDIDATES), ANY, *((OTHER_SCRIPT,) if other else ()))
        path, gains, costs = _best_path(block, tokens, states, block.isupper())
    runs = _bridge(block, tokens, _runs(path))
    for first, last, latin in runs:
        yield Stretch(
            start + tokens[first].start,
            start + tokens[last].end,
            latin,
            sum(gains[first : last + 1]),
            tuple(token.text for token in tokens[first : last + 1]),
            costs[first],
            costs[last + 1] if last + 1 < len(tokens) else 0.0,
        )


def _all_foreign(block: str, tokens: list[Token], lex: Lexicon) -> bool:
    """Whether a block with letters of another script is foreign as a whole."""
    letters = {"none": 0, "latin": 0, "other": 0}
    row = 0
    for token in tokens:
        letters[token.kind] += len(token.text)
        if token.kind == "latin" and token.text in lex.plain:
            row += 1
            if row > 1:
                return False
        else:
            row = 0
    if letters["other"] < 4 * (letters["latin"] + letters["none"]) or (
        len(tokens) == 1 and _is_symbol(block, tokens[0])
    ):
        return False
    if tokens[0].kind != "other" or tokens[-1].kind == "other":
        return tokens[0].kind == "other"
    gap = block[tokens[-2].end : tokens[-1].start]
    return _FINAL.search(gap) is None


def _runs(path: list[str]) -> list[tuple[int, int, bool]]:
    """Maximal runs of tokens that are not English: first, last, whether in Latin letters."""
    runs: list[tuple[int, int, bool]] = []
    for index, state in enumerate(path):
        if state == ENGLISH:
            continue
        latin = state != OTHER_SCRIPT
        if runs and runs[-1][1] == index - 1 and runs[-1][2] == latin:
            runs[-1] = (runs[-1][0], index, latin)
        else:
            runs.append((index, index, latin))
    return runs


def _bridge(
    block: str, tokens: list[Token], runs: list[tuple[int, int, bool]]
) -> list[tuple[int, int, bool]]:
    """Join runs of one kind around a few English words: a name or a term inside a foreign sentence."""
    joined: list[tuple[int, int, bool]] = []
    kept = [
        run
        for index, run in enumerate(runs)
        # A Latin phrase between two runs of another script that touch it is part of their sentence.
        if not (
            run[2]
            and run[1] - run[0] < _PHRASE
            and 0 < index < len(runs) - 1
            and runs[index - 1][1:] == (run[0] - 1, False)
            and (runs[index + 1][0], runs[index + 1][2]) == (run[1] + 1, False)
        )
    ]
    for run in kept:
        if joined and joined[-1][2] == run[2]:
            before, after = joined[-1], run
            inside = tokens[before[1] + 1 : after[0]]
            gap = block[tokens[before[1]].end : tokens[after[0]].start]
            letters = sum(len(token.text) for token in inside)
            sides = [tokens[first : last + 1] for first, last, _ in (before, after)]
            weights = [sum(len(token.text) for token in side) for side in sides]
            whole = _FINAL.search(gap) is None or _QUOTE.search(gap[:4]) is not None
            whole = whole and (
                run[2]
                or family(script_of(tokens[before[1]].text[0])) == family(script_of(tokens[after[0]].text[0]))
            )
            if (
                len(inside) <= _PHRASE
                and min(weights) >= 6
                and sum(weights) >= 3 * letters
                and whole
                and letters < 60
            ):
                joined[-1] = (before[0], after[1], run[2])
                continue
        joined.append(run)
    return joined


def _around_other_script(block: str, tokens: list[Token]) -> tuple[list[str], list[float], list[float]]:
    """The best path where all Latin words are English or names: found near the other script only."""
    path, gains, costs = [ENGLISH] * len(tokens), [0.0] * len(tokens), [0.0] * len(tokens)
    end = 0
    for index, token in enumerate(tokens):
        if token.kind != "other" or index < end:
            continue
        start, end = max(end, index - _NEAR), index + _NEAR
        while end < len(tokens) and any(near.kind == "other" for near in tokens[end - _NEAR + 1 : end + 1]):
            end += 1
        part = slice(start, end)
        found = _best_path(block, tokens[part], (ENGLISH, OTHER_SCRIPT), shout=False, start=start)
        path[part], gains[part], costs[part] = found
    return path, gains, costs


def _best_path(
    block: str, tokens: list[Token], states: tuple[str, ...], shout: bool, start: int = 0
) -> tuple[list[str], list[float], list[float]]:
    """The best state of every token, what it gains over English there, and the costs of a change before it.

    Args:
        block: The text.
        tokens: Its tokens, or those from number `start` on.
        states: English first.
        shout: Whether the block is all in capitals.
        start: How many tokens of the block come before.
    """
    count = range(len(states))
    scores = [0.0] + [-20.0 if start else _ENTER] * (len(states) - 1)
    back: list[list[int]] = []
    gained: list[tuple[float, ...]] = []
    costs: list[float] = []
    at = 0
    previous = ""
    for number, (word, kind, first, end) in enumerate(tokens):
        gap = block[at:first]
        initial = _starts_sentence(gap) if number else not start
        if kind == "latin":
            emission = _emission(word.lower() if shout else word, states, initial)
        elif kind == "other":
            emission = _other_emission(states, _is_symbol(block, tokens[number]))
        else:
            emission = (0.0,) * len(states)
        if number:
            cost = _gap_cost(gap, kind != previous, word[0].isupper(), _opens_clause(word))
            best = max(scores)
            leader = scores.index(best)
            floor = best - cost
            back.append([state if scores[state] >= floor else leader for state in count])
            scores = [
                (score if score > floor else floor) + gain  # noqa: FURB136 - twice as fast as max
                for score, gain in zip(scores, emission)  # noqa: B905 - in the innermost loop
            ]
        else:
            cost = 0.0
            scores = [score + gain for score, gain in zip(scores, emission, strict=True)]
        costs.append(cost)
        gained.append(emission)
        at = end
        previous = kind
    state = scores.index(max(scores))
    path = [state]
    for pointers in reversed(back):
        state = pointers[state]
        path.append(state)
    path.reverse()
    gains = [gained[index][state] for index, state in enumerate(path)]
    return [states[state] for state in path], gains, costs


@lru_cache(maxsize=4096)
def _starts_sentence(gap: str) -> bool:
    return _FINAL.search(gap) is not None or _QUOTE.search(gap) is not None or ":" in gap


@lru_cache(maxsize=1 << 14)
def _opens_clause(word: str) -> bool:
    """Whether a capitalized word is one that English sentences begin with, rather than a name."""
    return word[0].isupper() and english(word.lower()) > _FREQUENT


@lru_cache(maxsize=1 << 14)
def _gap_cost(gap: str, script_changes: bool, capital: bool, opens: bool) -> float:
    """What it costs to change the language between two words, by what stands between them."""
    if "\n" in gap:
        return 2.5
    if _FINAL.search(gap):
        return 3.0
    if _QUOTE.search(gap):
        return 3.5
    if _STOP.search(gap):
        return 4.5
    if opens:
        return 4.5
    if script_changes:
        return 5.0
    if _COMMA.search(gap):
        return 6.5
    if capital:
        return 6.0
    return 7.5


@lru_cache(maxsize=1 << 16)
def _emission(word: str, states: tuple[str, ...], initial: bool) -> tuple[float, ...]:
    """For each state, how much better the word fits there than in English."""
    lower = word.lower()
    common = lexicon().common.get(lower, {})
    score = english(lower)
    capital = word != lower and word[0].isupper()
    known = score > UNKNOWN or bool(common)
    if capital and not known:
        # A name says little; with letters that English lacks, it says something.
        foreign = 0.0 if lower.isascii() else 1.0
        return tuple(0.0 if s == ENGLISH else -0.6 if s == OTHER_SCRIPT else foreign for s in states)
    weight = 1.0 if not capital else 0.8 if initial else 0.35
    if len(word) == 1 or (word.isupper() and len(word) > 1):
        weight = _LETTERS
    gains = []
    for state in states:
        if state == ENGLISH:
            gains.append(0.0)
        elif state == OTHER_SCRIPT:
            gains.append(_foreign_page(score, capital, initial, weight))
        else:
            gains.append(gain(lower, state) * weight)
    return tuple(gains)


def _foreign_page(score: float, capital: bool, initial: bool, weight: float) -> float:
    """How much better an English word fits into text in another script than into English: never."""
    if (weight < _ACRONYM and score < _ARTICLE) or (capital and score <= UNKNOWN):
        return -0.6
    if capital:
        return -4.0 if initial else -2.0
    if score > _FREQUENT:
        return -8.0
    return -1.0 if score <= UNKNOWN else -4.5


@lru_cache(maxsize=256)
def _other_emission(states: tuple[str, ...], symbol: bool) -> tuple[float, ...]:
    if symbol:
        return tuple(0.0 if state in (ENGLISH, OTHER_SCRIPT) else -1.0 for state in states)
    return tuple(0.0 if s == ENGLISH else _CERTAIN if s == OTHER_SCRIPT else -20.0 for s in states)


def _is_symbol(block: str, token: Token) -> bool:
    """Whether a run of another script stands for no word.

    Lone Greek letters are symbols (α, Δ); one or two Greek or Cyrillic letters that touch Latin ones or
    digits are look-alikes or units (`5 μm`, `105х195`, `20 °С`).
    """
    run = token.text
    if len(run) > 12 or script_of(run[0]) not in ("Grek", "Cyrl"):
        return False
    pieces = [piece for piece in re.split(r"[\W\d_]+", run) if piece]
    if all(len(piece) == 1 for piece in pieces):
        return script_of(run[0]) == "Grek" or len(pieces) == 1 or set(pieces) <= {"х", "Х"}
    if len(run) > 2:
        return False
    before, after = block[max(0, token.start - 1) : token.start], block[token.end : token.end + 1]
    return any(side and (side.isalnum() or side == "°") for side in (before, after))
