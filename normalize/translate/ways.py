"""The ways to translate a sentence, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import regex

from normalize.translate import protect
from normalize.translate.translator import PLAIN, Attempt

BEAM = Attempt("beam", beam=6)
NO_REPEAT = Attempt("no-repeat", beam=4, no_repeat=3, repetition_penalty=1.15)

_LETTER = regex.compile(r"\p{L}")
_CLAUSE = regex.compile(r"(?<=[;:])\s+|(?<=[,،])\s+|(?<=[；：，])|\s+(?=[—–]\s)|(?<=\))\s+|(?<=[.!?…])\s+")
_FINAL_DOT = regex.compile(r"[.。]\s*$")
_ENDS = regex.compile(r"[.!?…。！？:;\"”’»)\]]\s*$")
#: What English writes for a mark at the end of a clause.
_MARKS = {",": ",", "，": ",", "、": ",", "；": ";", ";": ";", ":": ":", "：": ":", "،": ","}


class Job(Protocol):
    """What a way may know of a sentence."""

    source: str
    lang: str
    tried: bool
    pierced: bool
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """One way for one sentence: texts for the model, and how to make a sentence of the answers."""

    texts: list[str]
    attempt: Attempt
    combine: Callable[[list[str]], str | None]


Way = Callable[[Job], Plan | None]


def _whole(attempt: Attempt) -> Way:
    def way(job: Job) -> Plan | None:
        shielded = protect.shield(job.source)
        if not _LETTER.search(shielded.text):
            return Plan([], attempt, lambda _: job.source) if not job.tried else None
        return Plan([shielded.text], attempt, lambda out: shielded.restore(out[0]))

    return way


def _with_names(job: Job) -> Plan | None:
    """With stand-ins for Latin names, where the model lost one."""
    if "name-missing" not in job.flags:
        return None
    shielded = protect.shield(job.source, names=True)
    if not shielded.marks or not _LETTER.search(shielded.text):
        return None
    return Plan([shielded.text], PLAIN, lambda out: shielded.restore(out[0]))


def _in_parts(job: Job) -> Plan | None:
    """Around what must be kept, where a stand-in was lost."""
    if not job.pierced:
        return None
    parts = protect.parts(job.source)
    texts = ["" if kept else part.strip() for part, kept in parts]

    def combine(out: list[str]) -> str:
        return protect.join([part if kept else said for (part, kept), said in zip(parts, out, strict=True)])

    return Plan(texts, PLAIN, combine)


def _other_case(job: Job) -> Plan | None:
    letters = [c for c in job.source if c.isalpha()]
    if protect.find(job.source) or not letters:
        return None
    if sum(c.isupper() for c in letters) > 0.7 * len(letters) and len(letters) > 3:
        return Plan([job.source.capitalize()], PLAIN, lambda out: out[0].upper())
    if len(job.source.split()) > 1 and job.source.istitle():
        return Plan([job.source.capitalize()], PLAIN, lambda out: out[0])
    if job.source[0].islower():
        return Plan([job.source[0].upper() + job.source[1:]], PLAIN, lambda out: _lower_first(out[0]))
    return None


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _other_dot(job: Job) -> Plan | None:
    if protect.find(job.source):
        return None
    if _FINAL_DOT.search(job.source):
        bare = _FINAL_DOT.sub("", job.source)
        return Plan([bare], PLAIN, lambda out: out[0] if _ENDS.search(out[0]) else out[0] + ".")
    if not _ENDS.search(job.source):
        return Plan([job.source + "."], PLAIN, lambda out: out[0].removesuffix("."))
    return None


def _by_clause(job: Job) -> Plan | None:
    clauses = _clauses(job.source)
    if len(clauses) < 2:
        return None
    shields = [protect.shield(clause) for clause in clauses]

    def combine(out: list[str]) -> str | None:
        said = []
        for index, (shielded, text) in enumerate(zip(shields, out, strict=True)):
            restored = shielded.restore(text)
            if restored is None:
                return None
            if index + 1 < len(clauses):
                mark = _MARKS.get(clauses[index].rstrip()[-1:], "")
                restored = restored.rstrip().rstrip(".")
                restored = restored.rstrip(",;:") + mark if mark else restored
            if index and clauses[index][:1].islower():
                restored = _lower_first(restored)
            said.append(restored)
        return protect.join(said)

    return Plan([shielded.text for shielded in shields], NO_REPEAT, combine)


def _clauses(text: str) -> list[str]:
    """The clauses of a sentence, or its halves; short ones stay with a neighbour."""
    clauses = [part for part in _CLAUSE.split(text) if part.strip()]
    if len(clauses) < 2:
        words = text.split()
        middle = len(words) // 2
        return [" ".join(words[:middle]), " ".join(words[middle:])] if len(words) >= 12 else []
    merged = [clauses[0]]
    for clause in clauses[1:]:
        # Two or three words alone are worse for a model than a long clause.
        if len(merged[-1]) < 18 or len(clause) < 12:
            space = "" if regex.search(r"\p{Han}\p{P}?$", merged[-1]) else " "
            merged[-1] += space + clause
        else:
            merged.append(clause)
    return merged


def _by_word(job: Job) -> Plan | None:
    words = job.source.split()
    if not 1 <= len(words) <= 3 or protect.find(job.source):
        return None
    texts = [word.strip(".,;:!?“”„\"'()[]").lower() + "." for word in words]
    return Plan(texts, PLAIN, lambda out: " ".join(said.rstrip(".") for said in out))


_NOT_TRANSLATED = {"empty", "copied", "source-script", "wrong-language"}
_SHAPE = {"repetition", "truncated", "length"}
_CONTENT = {"unfaithful", "garbled", "boilerplate", "number-missing", "number-invented", "currency"}

#: Each way with the faults that it may cure; trying every way for every fault costs more than it gives.
WAYS: tuple[tuple[Way, frozenset[str]], ...] = (
    (_whole(PLAIN), frozenset({"empty"})),
    (_in_parts, frozenset({"empty", "protected-missing"})),
    (_with_names, frozenset({"name-missing"})),
    (_whole(BEAM), frozenset(_NOT_TRANSLATED | _SHAPE | _CONTENT)),
    (_whole(NO_REPEAT), frozenset(_NOT_TRANSLATED | _SHAPE | {"number-invented"})),
    (_other_dot, frozenset(_NOT_TRANSLATED | {"truncated", "length"})),
    (_other_case, frozenset(_NOT_TRANSLATED | {"garbled", "unfaithful"})),
    (_by_clause, frozenset(_NOT_TRANSLATED | _SHAPE | {"number-missing"})),
    (_by_word, frozenset(_NOT_TRANSLATED | _SHAPE | _CONTENT)),
)
