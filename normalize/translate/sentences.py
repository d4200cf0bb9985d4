"""Sentences in, checked English out: protection, memory, the model, repair, the gate, other ways.

Every translator goes through here. All sentences of a call travel together: first all are translated in
the plain way, then those that failed a check in the next way, and so on, so that second tries are as
well batched as first ones.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from normalize.translate import gate, numerals, protect
from normalize.translate.letters import to_latin
from normalize.translate.memory import Memory, key
from normalize.translate.translator import PLAIN, Attempt, Hypothesis, Translator

BEAM = Attempt("beam", beam=6)
NO_REPEAT = Attempt("no-repeat", beam=4, no_repeat=3, repetition_penalty=1.15)

_LETTER = regex.compile(r"\p{L}")
_CLAUSE = regex.compile(r"(?<=[;:])\s+|(?<=[,،])\s+|(?<=[；：，])|\s+(?=[—–]\s)|(?<=\))\s+|(?<=[.!?…])\s+")
_FINAL_DOT = regex.compile(r"[.。]\s*$")
_ENDS = regex.compile(r"[.!?…。！？:;\"”’»)\]]\s*$")

#: A translation this bad is not shown: the source is kept and marked.
HOPELESS = 60.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """What became of a sentence. `ok` is False where there is no translation; `text` is the source then."""

    source: str
    text: str
    ok: bool
    flags: tuple[str, ...] = ()
    model: str | None = None
    score: float | None = None


@dataclass
class _Job:
    source: str
    lang: str
    best: str = ""
    flags: list[str] = field(default_factory=lambda: ["empty"])
    score: float | None = None
    tried: bool = False
    pierced: bool = False
    """A stand-in did not come through."""

    @property
    def done(self) -> bool:
        return self.tried and not self.flags

    def offer(self, text: str, score: float | None) -> None:
        """Take a translation if it is better than the best so far."""
        text = polish(self.source, text, self.lang)
        flags = gate.check(self.source, text, self.lang)
        if protect.find(self.source) and any(k.text not in text for k in protect.find(self.source)):
            flags.append("protected-missing")
        if not self.tried or _cost(flags) < _cost(self.flags):
            self.best, self.flags, self.score = text, flags, score
        self.tried = True


def _cost(flags: list[str]) -> float:
    return gate.badness(flags) + (50 if "protected-missing" in flags else 0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to translate a sentence: texts for the model, and how to make a sentence of the answers."""

    texts: list[str]
    attempt: Attempt
    combine: Callable[[list[str]], str | None]


Way = Callable[[_Job], _Plan | None]


class Sentences:
    """Translates sentences with a translator and a memory."""

    def __init__(self, translator: Translator, memory: Memory | None = None) -> None:
        self.translator = translator
        self.memory = memory
        self._guard = threading.Lock()
        self._used: dict[str, None] = {}

    def translate(self, requests: Sequence[tuple[str, str]]) -> list[Sentence]:
        """Translate pairs of sentence and language, of which each `available`, keeping their order."""
        jobs = {request: _Job(*request) for request in requests}
        for way in WAYS:
            self._round([job for job in jobs.values() if not job.done], way)
        done = {request: self._result(job) for request, job in jobs.items()}
        return [done[request] for request in requests]

    def raw(self, texts: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        """What the model says, from the memory where it is known."""
        info = self.translator.model(lang)
        with self._guard:
            self._used[lang] = None
        keys = [key(info.sha256 or info.id, f"{lang} {attempt.key}", text) for text in texts]
        known = self.memory.get(keys) if self.memory and info.sha256 else {}
        # One of each, in the order in which they came: the outcome must not depend on the memory.
        new = {k: text for k, text in zip(keys, texts, strict=True) if k not in known}
        if new:
            found = dict(zip(new, self.translator.translate(list(new.values()), lang, attempt), strict=True))
            if self.memory and info.sha256:
                self.memory.put(found)
            known |= found
        return [known[k] for k in keys]

    def used(self) -> list[str]:
        """The languages that were translated."""
        with self._guard:
            return list(self._used)

    def _round(self, jobs: list[_Job], way: Way) -> None:
        plans = [(job, plan) for job in jobs if (plan := way(job)) is not None]
        queues: dict[tuple[str, Attempt], list[str]] = defaultdict(list)
        for job, plan in plans:
            queues[job.lang, plan.attempt] += [text for text in plan.texts if _LETTER.search(text)]
        answers: dict[tuple[str, Attempt], Iterator[Hypothesis]] = {
            queue: iter(self.raw(texts, *queue)) if texts else iter(()) for queue, texts in queues.items()
        }
        for job, plan in plans:
            queue = answers[job.lang, plan.attempt]
            heard = [next(queue) if _LETTER.search(text) else Hypothesis(text) for text in plan.texts]
            text = plan.combine([hypothesis.text for hypothesis in heard])
            scores = [hypothesis.score for hypothesis in heard if hypothesis.score is not None]
            if text is None:
                job.pierced = True
            else:
                job.offer(text, sum(scores) / len(scores) if scores else None)

    def _result(self, job: _Job) -> Sentence:
        model = self.translator.model(job.lang).id
        flags = list(job.flags)
        lost = protect.lost_numbers(job.source)
        if lost:
            flags.append("lost-number")
        if _cost(job.flags) >= HOPELESS or not job.best.strip():
            return Sentence(job.source, job.source, False, tuple(flags), model, job.score)
        text = job.best
        if "source-script" in flags:
            text = respell(text)
        if "repetition" in flags:
            text = unloop(text)
        return Sentence(job.source, text, True, tuple(dict.fromkeys(flags)), model, job.score)


def polish(source: str, text: str, lang: str) -> str:
    """Mend what can be mended without asking the model again."""
    text = regex.sub(r"\s+", " ", text).strip()
    text = text.replace("⁇", "").strip() if "⁇" in text else text
    text, _ = numerals.repair(source, text, lang)
    text = _marks(source, text)
    return _initial(source, text)


def _marks(source: str, text: str) -> str:
    """Currency and percent signs that stand at a number in the source stand at it in the output."""
    for match in regex.finditer(
        r"(?P<sign>[€£₽₴₸₹₺₩₿])\s?(?P<n>\d[\d.,]*)|(?P<m>\d[\d.,]*)\s?(?P<after>[€£₽₴₸₹₺₩₿])", source
    ):
        sign = match["sign"] or match["after"]
        digits = regex.sub(r"\D", "", match["n"] or match["m"])
        pattern = (
            r"[$€£¥₽₴₸₹₺₩₿]?\s?(?<![\d.,])(?P<n>"
            + "[.,]?".join(digits)
            + r")(?!\d)(?:\s?[$€£¥₽₴₸₹₺₩₿]|\s(?:dollars?|pounds?|euros?)\b)?"
        )
        if sign not in text:
            text = regex.sub(
                pattern, lambda m, s=sign: f"{' ' if m.group()[0] == ' ' else ''}{s}{m['n']}", text, count=1
            )  # type: ignore[misc]
    if regex.search(r"\d\s*[%％]", source) and not regex.search(r"%|per\s?cent", text):
        for match in regex.finditer(r"(\d[\d.,]*)\s*[%％]", source):
            digits = regex.sub(r"\D", "", match[1])
            pattern = r"(?<![\d.,])(" + "[.,]?".join(digits) + r")(?![\d%])"
            text = regex.sub(pattern, r"\1%", text, count=1)
    return text


def _initial(source: str, text: str) -> str:
    """A sentence that begins with a capital begins with one in English."""
    first = _LETTER.search(source)
    mine = regex.match(r"[\"'“‘(\[]*\p{Ll}", text)
    if first and mine and first.group().isupper() and not regex.search(r"[\p{N}]", source[: first.start()]):
        at = mine.end() - 1
        word = regex.match(r"[\w.-]+", text[at:])
        if (
            word
            and (word.group().islower() or len(word.group()) == 1)
            and not regex.search(r"[.@/]\w", word.group())
        ):
            return text[:at] + text[at].upper() + text[at + 1 :]
    return text


def respell(text: str) -> str:
    """Words of another alphabet, left over by the model, in Latin letters."""

    def latin(match: regex.Match[str]) -> str:
        word = to_latin(match.group())
        return word[:1].upper() + word[1:] if match.group()[:1].isupper() else word

    return regex.sub(r"[\p{L}--\p{Latin}]+", latin, text, flags=regex.VERSION1)


def unloop(text: str) -> str:
    """Runs of a repeated word or phrase, as a model caught in a loop writes them, said once."""
    before = None
    while before != text:
        before = text
        text = regex.sub(r"\b(\S+(?:\s+\S+){0,11}?)(?:[\s,]+\1){2,}(?!\w)", r"\1", text)
        text = regex.sub(r"\b(\S+(?:\s+\S+){3,11}?)(?:[\s,]+\1)+(?!\w)", r"\1", text)
    return regex.sub(r"(\S{1,20}?)\1{4,}", r"\1", text)


def _whole(attempt: Attempt) -> Way:
    def way(job: _Job) -> _Plan | None:
        shielded = protect.shield(job.source)
        if not _LETTER.search(shielded.text):
            return _Plan([], attempt, lambda _: job.source) if not job.tried else None
        return _Plan([shielded.text], attempt, lambda out: shielded.restore(out[0]))

    return way


def _in_parts(job: _Job) -> _Plan | None:
    """Around what must be kept, where a stand-in was lost."""
    if not job.pierced:
        return None
    parts = protect.parts(job.source)
    texts = ["" if kept else part.strip() for part, kept in parts]

    def combine(out: list[str]) -> str:
        return protect.join([part if kept else said for (part, kept), said in zip(parts, out, strict=True)])

    return _Plan(texts, PLAIN, combine)


def _other_case(job: _Job) -> _Plan | None:
    letters = [c for c in job.source if c.isalpha()]
    if protect.find(job.source) or not letters:
        return None
    if sum(c.isupper() for c in letters) > 0.7 * len(letters) and len(letters) > 3:
        return _Plan([job.source.capitalize()], PLAIN, lambda out: out[0].upper())
    if len(job.source.split()) > 1 and job.source.istitle():
        return _Plan([job.source.capitalize()], PLAIN, lambda out: out[0])
    if job.source[0].islower():
        return _Plan([job.source[0].upper() + job.source[1:]], PLAIN, lambda out: _lower_first(out[0]))
    return None


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _other_dot(job: _Job) -> _Plan | None:
    if protect.find(job.source):
        return None
    if _FINAL_DOT.search(job.source):
        bare = _FINAL_DOT.sub("", job.source)
        return _Plan([bare], PLAIN, lambda out: out[0] if _ENDS.search(out[0]) else out[0] + ".")
    if not _ENDS.search(job.source):
        return _Plan([job.source + "."], PLAIN, lambda out: out[0].removesuffix("."))
    return None


def _by_clause(job: _Job) -> _Plan | None:
    clauses = [part for part in _CLAUSE.split(job.source) if part.strip()]
    if len(clauses) < 2:
        words = job.source.split()
        if len(words) < 12:
            return None
        middle = len(words) // 2
        clauses = [" ".join(words[:middle]), " ".join(words[middle:])]
    merged = [clauses[0]]
    for clause in clauses[1:]:
        # Two or three words alone are worse for a model than a long clause.
        if len(merged[-1]) < 18 or len(clause) < 12:
            merged[-1] += (
                " " if clause[0] != " " and not regex.search(r"\p{Han}$", merged[-1]) else ""
            ) + clause
        else:
            merged.append(clause)
    if len(merged) < 2:
        return None
    shields = [protect.shield(clause) for clause in merged]

    def combine(out: list[str]) -> str | None:
        said = []
        for index, (shielded, text) in enumerate(zip(shields, out, strict=True)):
            restored = shielded.restore(text)
            if restored is None:
                return None
            ends = merged[index].rstrip()[-1:]
            if index + 1 < len(merged):
                restored = restored.rstrip().rstrip(".")
                mark = {
                    ",": ",",
                    "，": ",",
                    "、": ",",
                    "；": ";",
                    ";": ";",
                    ":": ":",
                    "：": ":",
                    "،": ",",
                }.get(ends, "")
                restored = restored.rstrip(",;:") + mark if mark else restored
            if index and merged[index][:1].islower():
                restored = _lower_first(restored)
            said.append(restored)
        return protect.join(said)

    return _Plan([shielded.text for shielded in shields], NO_REPEAT, combine)


def _by_word(job: _Job) -> _Plan | None:
    words = job.source.split()
    if not 1 <= len(words) <= 3 or protect.find(job.source):
        return None
    texts = [word.strip(".,;:!?“”„\"'()[]").lower() + "." for word in words]
    return _Plan(texts, PLAIN, lambda out: " ".join(said.rstrip(".") for said in out))


WAYS: tuple[Way, ...] = (
    _whole(PLAIN),
    _in_parts,
    _whole(BEAM),
    _whole(NO_REPEAT),
    _other_dot,
    _other_case,
    _by_clause,
    _by_word,
)
