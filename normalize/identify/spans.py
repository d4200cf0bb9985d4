"""From stretches to spans: their exact borders, their kind, their language."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from normalize.document import Span
from normalize.identify.borders import borders, kind_of
from normalize.identify.classify import classify, main_script, merge_scripts, report_script
from normalize.identify.lexicon import lexicon
from normalize.identify.scripts import OTHER, family, script_counts, script_of
from normalize.identify.stretches import Stretch, stretches
from normalize.identify.words import doubt

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLOCK = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+")
_OTHER_RUN = re.compile(f"[{OTHER}]+")


def identify_spans(text: str, languages: frozenset[str] | None = None) -> list[Span]:
    """See `normalize.identify.identify`."""
    found = [
        (part, block.start(), block.end())
        for block in _BLOCK.finditer(text)
        for stretch in stretches(text, block.start(), block.end())
        for part in ((stretch,) if stretch.latin else _by_script(text, stretch))
    ]
    prior: Counter[str] = Counter()
    verdicts: dict[int, tuple[str, str, float]] = {}
    # Long stretches first: what they are in is evidence for the short ones.
    for index in sorted(range(len(found)), key=lambda i: (found[i][0].start - found[i][0].end, i)):
        stretch = found[index][0]
        verdict = _verdict(text[stretch.start : stretch.end], stretch, prior, languages)
        if verdict is not None:
            verdicts[index] = verdict
            prior[verdict[0]] += sum(map(len, stretch.words))
    spans: list[Span] = []
    for index in sorted(verdicts):
        stretch, first, last = found[index]
        lang, script, confidence = verdicts[index]
        if languages is not None and lang not in languages:
            continue
        start, end = borders(text, stretch.start, stretch.end, first, last, latin=stretch.latin)
        if spans:
            start = max(start, spans[-1].end)
        script = report_script(script, text[start:end])
        spans.append(
            Span(start, end, lang, script, round(confidence, 3), kind_of(text, start, end, first, last))
        )
    return spans


def _verdict(
    piece: str, stretch: Stretch, prior: Counter[str], languages: frozenset[str] | None
) -> tuple[str, str, float] | None:
    """Language, script and confidence of a stretch; None when it is English after all."""
    script = "Latn" if stretch.latin else _other_main_script(piece)
    if script == "Zyyy" or (stretch.latin and not _possible(stretch)):
        return None
    lang, confidence = classify(piece, script, prior, languages)
    if lang == "en" or (stretch.latin and not _convincing(stretch, lang, prior)):
        return None
    return lang, script, confidence


def _by_script(text: str, stretch: Stretch) -> Iterable[Stretch]:
    """A stretch whose letters are in several scripts, taken apart (`Русский | 中文`), unless one prevails."""
    counts: Counter[str] = Counter()
    for script, letters in _other_scripts(text[stretch.start : min(stretch.end, stretch.start + _SAMPLE)]):
        counts[family(script)] += letters
    if len(counts) < 2 or max(counts.values()) > _PREVAILS * counts.total():
        yield stretch
        return
    start = end = stretch.start
    current = ""
    for run in _OTHER_RUN.finditer(text, stretch.start, stretch.end):
        script = family(script_of(run.group()[0]))
        if current and script != current:
            yield stretch._replace(start=start, end=end, words=(text[start:end],))
        if script != current:
            start, current = run.start(), script
        end = run.end()
    yield stretch._replace(start=start, end=stretch.end, words=(text[start : stretch.end],))


_PREVAILS = 0.8


def _other_main_script(piece: str) -> str:
    return merge_scripts(Counter(dict(_other_scripts(piece[:_SAMPLE]))))


@lru_cache(maxsize=256)
def _other_scripts(sample: str) -> tuple[tuple[str, int], ...]:
    """Letters by script, without the Latin ones."""
    return tuple(
        (script, letters)
        for script, letters in script_counts(sample).items()
        if script not in ("Latn", "Zyyy")
    )


_SAMPLE = 240
"""Characters that are enough to see the script of a stretch."""
_CLOSED = 4.5
"""A change of language that costs no more than this is at a border: of a sentence, a quotation, a block."""


def _possible(stretch: Stretch) -> bool:
    """Whether a stretch in Latin letters is long enough to be more than a name, a title or a loan."""
    whole = stretch.entry == stretch.exit == 0.0
    closed = stretch.entry <= _CLOSED and stretch.exit <= _CLOSED
    return len(stretch.words) >= (3 if whole else 4 if closed else 5) and stretch.evidence >= (
        7 if closed else 12
    )


def _convincing(stretch: Stretch, lang: str, prior: Counter[str]) -> bool:
    """Whether a stretch in Latin letters has the words that sentences of its language are made of.

    Names, titles, lists of technical terms and loans have few of them: these are English text.
    """
    common, particles = lexicon().common, lexicon().particles
    closed = stretch.entry <= _CLOSED and stretch.exit <= _CLOSED
    shout = all(word.isupper() for word in stretch.words)
    named = sum(word[0].isupper() for word in stretch.words) * 5 > 2 * len(stretch.words)
    lower = hits = strange = 0
    for word in stretch.words:
        if not (word[0].islower() or shout):
            continue
        lower += 1
        if (named or not closed) and not shout and word in particles:
            continue
        form = word.lower()
        if doubt(form) > 0:
            if lang in common.get(form, {}):
                hits += 1
            else:
                strange += 1
    if prior[lang] > 200 and closed:
        return lower >= 2 and hits >= 1
    count = len(stretch.words)
    needed = 2.0 if closed else 3.0
    if lang == "la" or lower < 0.4 * count:
        needed += 1
    return hits >= needed - 1 and hits + 0.5 * strange >= needed


def identify_whole(text: str) -> tuple[str, str, float]:
    """See `normalize.identify.identify_language`."""
    script = main_script(text)
    if script == "Zyyy":
        return "und", "Zyyy", 0.0
    lang, confidence = classify(text, script, {})
    return lang, report_script(script, text), confidence


def count_letters(text: str, spans: Iterable[Span]) -> dict[str, int]:
    """See `normalize.identify.language_shares`."""
    counts: Counter[str] = Counter()
    total = sum(map(str.isalpha, text))
    for span in spans:
        letters = sum(map(str.isalpha, text[span.start : span.end]))
        counts[span.lang] += letters
        total -= letters
    if total or not counts:
        counts["en"] += total
    return dict(counts.most_common())
