"""From spans to sentences and back: what is translated together, and how it is set into the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.document import Document, Span
    from normalize.translate.sentences import Sentence
from normalize.translate import gate
from normalize.translate.headlines import headline_case

_LETTER = regex.compile(r"\p{L}")
_ENDS = regex.compile(r"[.!?…。！？:;\"”’»)\]]\s*$")
_WRAP_CJK = regex.compile(
    r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}，。、])\s*\n\s*(?=[\p{Han}\p{Hiragana}\p{Katakana}])"
)
_SMALL = regex.compile(r"\s*\p{Ll}")
_CJK = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of a text, `text[start:end]`, and its translation."""

    start: int
    end: int
    said: Sentence

    def respelled(self, text: str) -> Piece:
        """The same with another translation."""
        return Piece(self.start, self.end, replace(self.said, text=text)) if self.said.ok else self


def sentence_ranges(text: str, lang: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets of the sentences of a stretch of text. Lines that only a hard wrap parts are joined."""
    from normalize.segment import sentences

    found: list[tuple[int, int]] = []
    for low, high in sentences(text, lang, start, end):
        if found:
            before = found[-1]
            gap = text[before[1] : low]
            unfinished = not _ENDS.search(text[before[0] : before[1]])
            if gap.count("\n") == 1 and unfinished and _SMALL.match(text[low:high]):
                found[-1] = (before[0], high)
                continue
        found.append((low, high))
    return found


def unwrapped(sentence: str) -> str:
    """A sentence on one line: the line breaks of a hard wrap are spaces, or nothing in Chinese."""
    return _WRAP_CJK.sub("", sentence).replace("\n", " ") if "\n" in sentence else sentence


def english_of(document: Document) -> list[str]:
    """What of a document is not a foreign span."""
    found, at = [], 0
    for span in sorted(document.spans, key=lambda s: s.start):
        found.append(document.text[at : span.start])
        at = max(at, span.end)
    found.append(document.text[at:])
    return found


def join_pieces(
    text: str,
    pieces: Sequence[Piece],
    lang: str,
    start: int = 0,
    end: int | None = None,
    *,
    attempts: bool = False,
) -> str:
    """The English of a stretch: its sentences with what stood between them.

    Args:
        text: What the offsets of the pieces belong to.
        pieces: The sentences, in order.
        lang: Their language.
        start: Where the stretch begins.
        end: Where it ends; the end of the text if None.
        attempts: Whether to take attempts for sentences that could not be translated, rather than mark them.
    """
    stop = len(text) if end is None else end
    out: list[str] = []
    at = start
    for piece in pieces:
        gap = text[at : piece.start]
        if out and not gap:
            gap = " "
        if piece.said.ok:
            said = piece.said.text
        else:
            said = piece.said.attempt if attempts else f"[untranslated {lang}: {piece.said.source}]"
        out += [gap, said]
        at = piece.end
    out.append(text[at:stop])
    return "".join(out)


def fit(document: Document, span: Span, translation: str) -> str:
    """The translation as it belongs into its surroundings: final dots, small initials, headline case."""
    source = document.text[span.start : span.end]
    if (
        not _ENDS.search(source)
        and regex.search(r"[^.]\.$", translation)
        and not regex.search(r"\b\w\.$", translation)
    ):
        translation = translation[:-1]
    if span.kind == "headline":
        return headline_case(translation)
    first = _LETTER.search(source)
    if first and first.group().islower() and span.kind != "paragraph":
        word = regex.match(r"[\"“‘(\[]*(\p{Lu})(?=\p{Ll}|\s)(\p{Ll}*)", translation)
        if word and (word[1] + word[2]).casefold() in gate.function_words() and word[1] + word[2] != "I":
            at = word.start(1)
            translation = translation[:at] + translation[at].lower() + translation[at + 1 :]
    return translation


__all__ = ["Piece", "english_of", "fit", "join_pieces", "sentence_ranges", "unwrapped"]
