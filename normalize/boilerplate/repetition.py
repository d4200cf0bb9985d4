"""Repetition: furniture that many documents of a run share, and passages that one document says twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from normalize.boilerplate.text import key, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normalize.boilerplate.text import Line

# Distinct lines remembered. Beyond it those seen once are forgotten, which loses only lines so rare
# in so large a run that they are no furniture.
MOST_LINES = 1_500_000
# In how many documents of a folder a line must stand: at least so many, and so large a share.
_LEAST_LONG, _SHARE_LONG, _ENOUGH_LONG = 3, 0.05, 25
_LEAST_SHORT, _SHARE_SHORT = 4, 0.3
_LONG_WORDS = 5
# A document most of whose letters stand in others too is a copy, not full of furniture.
_COPY_SHARE = 0.5

_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?。！？]+[\"'”’»)\]]*|\n|\Z)")
_TOKEN = re.compile(r"[^\W_]+|[\u3400-\u9fff]")
# A passage is prose: sentences of so many words, and so many words in all. What is shorter may be
# meant: a refrain, the same question to everybody, an ingredient of every meal.
_SENTENCE_WORDS = 6
_PASSAGE_WORDS = 30
_SENTENCE_MARK = re.compile(r"[.!?。！？][\"'”’»)\]]*\s*\Z")
# How many last words find the sentence of which another may be the cut-off rest.
_TAIL = 6


def _digest(folder: str, text: str) -> int:
    return int.from_bytes(
        blake2b(f"{folder}\0{text}".encode("utf-8", "replace"), digest_size=8).digest(), "big"
    )


@dataclass
class LineRepetition:
    """In how many documents of its folder each line of a run stands."""

    counts: dict[int, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, text: str) -> None:
        """Count the lines of one document, each once."""
        folder = _folder(path)
        self.documents[folder] = self.documents.get(folder, 0) + 1
        for digest in {_digest(folder, words) for words in map(_words_of, split_lines(text)) if words}:
            self.counts[digest] = self.counts.get(digest, 0) + 1
        if len(self.counts) > MOST_LINES:
            self.counts = {digest: count for digest, count in self.counts.items() if count > 1}

    def furniture(self, path: str, lines: list[Line]) -> set[int]:
        """Indices of the lines that stand in many documents of the folder."""
        folder = _folder(path)
        documents = self.documents.get(folder, 0)
        if documents < _LEAST_LONG:
            return set()
        found = {index for index, line in enumerate(lines) if self._is_furniture(folder, documents, line)}
        shared = sum(len(lines[index].text) for index in found)
        whole = sum(len(line.text) for line in lines)
        return set() if shared > _COPY_SHARE * whole else found

    def _is_furniture(self, folder: str, documents: int, line: Line) -> bool:
        words = _words_of(line)
        count = self.counts.get(_digest(folder, words), 0) if words else 0
        if words.count(" ") + 1 >= _LONG_WORDS:
            return count >= min(max(_LEAST_LONG, _SHARE_LONG * documents), _ENOUGH_LONG)
        return count >= max(_LEAST_SHORT, _SHARE_SHORT * documents)


def _folder(path: str) -> str:
    return path.rpartition("/")[0] if "#" not in path else path.rpartition("#")[0]


def _words_of(line: Line) -> str:
    # A longer line is prose; its beginning tells it from others well enough.
    return key(line.text[:500])


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    words: tuple[str, ...]
    prose: bool


def _sentences(lines: list[Line]) -> Iterator[_Sentence]:
    for line in lines:
        for match in _SENTENCE.finditer(line.text):
            raw = match.group()
            words = tuple(_TOKEN.findall(raw.lower()))
            if words:
                start = line.start + match.start() + len(raw) - len(raw.lstrip())
                end = line.start + match.end()
                prose = len(words) >= _SENTENCE_WORDS and _SENTENCE_MARK.search(raw[-8:]) is not None
                yield _Sentence(start, end, words, prose)


def repeated_passages(text: str, lines: list[Line]) -> list[tuple[int, int]]:
    """Text ranges of passages that stood in the document before, in order and disjoint.

    A passage is one sentence of some length, or several in the order in which they stood. The first
    and the last sentence of a repeated passage may be cut off: what is left of them must end (or begin)
    like the sentence that it comes from.
    """
    found = list(_sentences(lines))
    first: dict[tuple[str, ...], int] = {}
    tails: dict[tuple[str, ...], int] = {}
    source: list[int] = []
    for index, sentence in enumerate(found):
        origin = first.setdefault(sentence.words, index)
        tail = tails.setdefault(sentence.words[-_TAIL:], index) if len(sentence.words) > _TAIL else index
        if origin == index and tail != index and _is_rest(sentence.words, found[tail].words):
            origin = tail
        source.append(origin)
    return _merged(text, found, _runs(found, source))


def _is_rest(words: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether these words are the end of `whole`, but for a first word that the cut has spoilt."""
    same = 0
    for left, right in zip(reversed(words), reversed(whole), strict=False):
        if left != right:
            break
        same += 1
    return same >= len(words) - 1 and len(words) <= len(whole)


def _runs(found: list[_Sentence], source: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of sentences that were said before, in the same order, long enough to be no accident."""
    at = 0
    while at < len(found):
        if source[at] == at:
            at += 1
            continue
        end = at + 1
        while end < len(found) and source[end] != end and _follows(source, end):
            end += 1
        prose = [sentence for sentence in found[at:end] if sentence.prose]
        words = sum(len(sentence.words) for sentence in prose)
        if words >= _PASSAGE_WORDS and 2 * len(prose) > end - at:
            yield at, end
        at = end


def _follows(source: list[int], index: int) -> bool:
    return source[index] in {source[index - 1] + 1, source[index - 1]} or source[index] > source[index - 1]


def _merged(text: str, found: list[_Sentence], runs: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for begin, end in runs:
        for sentence in found[begin:end]:
            # One range per line: sentences of the same line are joined, with the space between them.
            last = ranges[-1] if ranges else None
            if (
                last
                and not text[last[1] : sentence.start].strip()
                and "\n" not in text[last[1] : sentence.start]
            ):
                ranges[-1] = (last[0], sentence.end)
            else:
                ranges.append((sentence.start, sentence.end))
    return ranges
