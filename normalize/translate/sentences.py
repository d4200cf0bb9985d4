"""Sentences in, checked English out: protection, memory, the model, repair, the gate, other ways.

Every translator goes through here. All sentences of a call travel together: first all are translated in
the plain way, then those that failed a check in the next way, and so on, so that second tries are as
well batched as first ones.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex

from normalize.translate import gate, protect
from normalize.translate.memory import Memory, key
from normalize.translate.polish import add_numbers, polish, respell, unloop
from normalize.translate.translator import PLAIN, Attempt, Hypothesis, Translator
from normalize.translate.ways import WAYS, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LETTER = regex.compile(r"\p{L}")

#: ChrF on FLORES dev below which no output of a model can be trusted, whatever the checks say of it.
WEAK = 55.0

#: A translation this bad is not shown: the source is kept and marked.
HOPELESS = 60.0
#: Mean log probability of a token below which the model itself does not believe in its translation.
UNSURE = -1.2


@dataclass(frozen=True, slots=True)
class Sentence:
    """What became of a sentence. `ok` is False where there is no translation; `text` is the source then.

    `attempt` is the best that was tried, fit to be compared with other text and not to be shown.
    """

    source: str
    text: str
    ok: bool
    flags: tuple[str, ...] = ()
    model: str | None = None
    score: float | None = None
    attempt: str = ""


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

    def offer(self, text: str, score: float | None) -> None:
        """Take a translation if it is better than the best so far."""
        text = polish(self.source, text, self.lang)
        flags = gate.check(self.source, text, self.lang)
        if not self.tried or gate.badness(flags) < gate.badness(self.flags):
            self.best, self.flags, self.score = text, flags, score
        self.tried = True


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
        for way, cures in WAYS:
            self._round(
                [job for job in jobs.values() if not job.tried or not cures.isdisjoint(job.flags)], way
            )
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
        info = self.translator.model(job.lang)
        model = info.id
        flags = list(job.flags)
        if info.quality is not None and info.quality < WEAK:
            flags.append("weak-model")
        if job.score is not None and job.score < UNSURE:
            flags.append("low-confidence")
        lost = protect.lost_numbers(job.source)
        if lost:
            flags.append("lost-number")
        if gate.badness(job.flags) >= HOPELESS or gate.FATAL & set(job.flags) or not job.best.strip():
            return Sentence(job.source, job.source, False, tuple(flags), model, job.score, job.best)
        text = job.best
        if "source-script" in flags:
            text = respell(text)
        if "repetition" in flags:
            text = unloop(text)
        if "number-missing" in flags:
            text = add_numbers(job.source, text, job.lang)
        return Sentence(job.source, text, True, tuple(dict.fromkeys(flags)), model, job.score)
