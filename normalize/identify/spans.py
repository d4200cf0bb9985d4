"""From stretches to spans: their exact borders, their kind, their language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from normalize.document import Span
from normalize.identify.classify import LANGUAGES, classify, han_script, main_script, rank
from normalize.identify.stretches import Stretch, stretches

if TYPE_CHECKING:
    from normalize.document import SpanKind

_BLOCK = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+")
_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "(": ")", "[": "]", "（": "）", "【": "】", "「": "」",
          "『": "』", "《": "》", "〈": "〉", '"': '"', "‹": "›"}  # fmt: skip
_CLOSERS = {closer for closers in _PAIRS.values() for closer in closers}
_FINAL = ".!?…。！？؟।۔"


def identify_spans(text: str, languages: frozenset[str] | None = None) -> list[Span]:
    """See `normalize.identify.identify`."""
    found: list[tuple[Stretch, int, int]] = []
    known: list[str] = []
    for block in _BLOCK.finditer(text):
        for stretch in stretches(text, block.start(), block.end(), known):
            found.append((stretch, block.start(), block.end()))
    prior: Counter[str] = Counter()
    drafts = []
    # Long stretches first: what they are in is evidence for the short ones.
    order = sorted(range(len(found)), key=lambda i: (found[i][0].start - found[i][0].end, i))
    by_index = {}
    for index in order:
        stretch, first, last = found[index]
        if stretch.latin and not _convincing(text, stretch, first, last):
            continue
        piece = text[stretch.start : stretch.end]
        script = "Latn" if stretch.latin else _other_main_script(piece)
        if script == "Zyyy":
            continue
        lang, confidence = classify(piece, script, prior, languages)
        if lang == "en":
            continue
        prior[lang] += sum(map(str.isalpha, piece))
        by_index[index] = (lang, script, confidence)
    for index, (stretch, first, last) in enumerate(found):
        if index not in by_index:
            continue
        lang, script, confidence = by_index[index]
        if languages is not None and lang not in languages:
            continue
        start, end = _borders(text, stretch, first, last)
        if drafts and start < drafts[-1].end:
            start = drafts[-1].end
        kind = _kind(text, start, end, first, last)
        if script == "Hani":
            script = han_script(text[start:end])
        drafts.append(Span(start, end, lang, script, round(confidence, 3), kind))
    return drafts


def _other_main_script(piece: str) -> str:
    from normalize.identify.classify import merge_scripts
    from normalize.identify.scripts import script_counts

    counts = script_counts(piece)
    counts.pop("Latn", None)
    return merge_scripts(counts)


def _convincing(text: str, stretch: Stretch, first: int, last: int) -> bool:
    """Whether a stretch in Latin letters is more than a name, a title or a loan."""
    piece = text[stretch.start : stretch.end]
    words = [word for word in re.findall(r"[^\W\d_]+", piece)]
    lower = [word for word in words if word.islower()]
    whole = not text[first : stretch.start].strip(" \t#*->[(“\"'") and not text[stretch.end : last].strip()
    if len(words) < 4 and not (whole and len(words) >= 3):
        return False
    if len(lower) < 2 and not piece.isupper():
        return False
    if stretch.evidence < 8:
        return False
    shares = rank(piece, LANGUAGES["Latn"])
    return max(shares, key=lambda language: (shares[language], language)) != "en"


def _borders(text: str, stretch: Stretch, first: int, last: int) -> tuple[int, int]:
    """Digits and brackets that belong to the stretch; a sentence's full stop."""
    start, end = stretch.start, stretch.end
    while start > first and (text[start - 1].isdigit() or text[start - 1] in "%$€£№") and not stretch.latin:
        start -= 1
    while end < last and text[end].isdigit() and not stretch.latin:
        end += 1
    # Brackets and quotation marks: taken in when the other half is inside.
    changed = True
    while changed:
        changed = False
        if start > first and text[start - 1] in _PAIRS:
            closers = _PAIRS[text[start - 1]]
            if any(closer in text[start:end] for closer in closers) and _unbalanced(
                text[start:end], text[start - 1]
            ):
                start -= 1
                changed = True
        while end < last and text[end] in _CLOSERS and _opens_inside(text[start:end], text[end]):
            end += 1
            changed = True
        if end < last and text[end] in "?!。！？" and not stretch.latin:
            end += 1
            changed = True
    sentence_start = not text[first:start].strip() or text[first:start].rstrip()[-1] in _FINAL + '”"[(»】'
    if end < last and text[end] in _FINAL and sentence_start:
        following = text[end + 1 : end + 2]
        if not following or following.isspace() or following in _CLOSERS:
            end += 1
    return start, end


def _unbalanced(inside: str, opener: str) -> bool:
    """Whether `inside` holds one closing mark more than opening ones."""
    closers = _PAIRS[opener]
    if opener in closers:
        return inside.count(opener) % 2 == 1
    depth = 0
    for char in inside:
        if char == opener:
            depth += 1
        elif char in closers:
            depth -= 1
            if depth < 0:
                return True
    return False


def _opens_inside(inside: str, closer: str) -> bool:
    """Whether the closing mark's opening mark is inside."""
    for opener, closers in _PAIRS.items():
        if closer in closers and opener in inside:
            if opener == closer:
                return inside.count(opener) % 2 == 1
            return inside.count(opener) > sum(inside.count(c) for c in closers)
    return False


def _kind(text: str, start: int, end: int, first: int, last: int) -> SpanKind:
    before = text[first:start]
    after = text[end:last]
    words = len(text[start:end].split())
    bare = text[start:end].rstrip('”"»’)】]」')
    final = bool(bare) and bare[-1] in _FINAL
    if before.rstrip().endswith(("[", "【")) and any(char.isalpha() for char in after):
        return "headline"
    if not any(map(str.isalpha, before)) and not any(map(str.isalpha, after)):
        return "paragraph" if final or words > 14 else "headline"
    if before.rstrip()[-1:] in tuple('“„«"‘‚') and after.lstrip()[:1] in tuple('”“»"’,.') and words > 0:
        return "quote"
    opening = not before.strip() or before.rstrip().rstrip('”"»’)]')[-1:] in tuple(_FINAL + ":")
    if opening and final:
        return "sentence"
    if opening and not before.strip() and (after[:1].isspace() or not after):
        return "headline"
    return "sentence" if words > 5 or end - start > 40 else "inline"


def identify_whole(text: str) -> tuple[str, str, float]:
    """See `normalize.identify.identify_language`."""
    script = main_script(text)
    if script == "Zyyy":
        return "und", "Zyyy", 0.0
    lang, confidence = classify(text, script, {})
    if script == "Hani":
        script = han_script(text)
    return lang, script, confidence


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
