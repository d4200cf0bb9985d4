"""The document that travels through the pipeline, and the three kinds of change made to it.

A document is never rewritten on its way. Every step adds *changes* to it — a `Repair`, a `Removal`,
a translated `Span` — and the output is what one gets by applying them (`normalize.compose`). So the
source can be rebuilt from the output and the report, and no letter can go missing unseen.

Two coordinate systems, both in code points:

* **source**: offsets into `Document.source`, the decoded text as it was read. Reports use these.
* **text**: offsets into `Document.text`, the source with its repairs applied. Steps use these;
  `Document.to_source` converts.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

SpanKind = Literal["paragraph", "sentence", "quote", "inline", "headline"]
SpanAction = Literal["translated", "paired", "kept", "failed"]
Category = Literal[
    "newsletter",
    "social",
    "share",
    "navigation",
    "related",
    "comments",
    "disclaimer",
    "copyright",
    "contact",
    "credit",
    "cookie",
    "advert",
    "paywall",
    "translation-widget",
    "duplicate",
    "separator",
    "other",
]

FRONT_MATTER = "front-matter"
"""Kind of the one repair that the report lists among the removals: YAML at the head of a file."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One replacement made by encoding, character or typography repair.

    `start` and `end` are **source** offsets; `before == source[start:end]`.
    """

    start: int
    end: int
    before: str
    after: str
    kind: str


@dataclass(slots=True)
class Span:
    """A stretch of text that is not English, and what became of it.

    `start` and `end` are **text** offsets. `lang` is ISO 639-1 (else 639-3), `script` ISO 15924,
    `confidence` the probability (0–1) that `lang` is right.
    """

    start: int
    end: int
    lang: str
    script: str
    confidence: float
    kind: SpanKind
    action: SpanAction = "kept"
    translation: str | None = None
    model: str | None = None
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Removal:
    """A stretch left out of the output. `start` and `end` are **text** offsets."""

    start: int
    end: int
    category: Category
    rule: str


@dataclass(slots=True)
class Metadata:
    """What the document says of itself; None where it says nothing."""

    title: str | None = None
    date: str | None = None
    """ISO 8601 date."""
    author: str | None = None


@dataclass
class Document:
    """One document: what was read, and the changes found so far."""

    path: str
    """Relative path of the source file, with `/`; for a row of a `.jsonl`, `path#row`."""
    source: str
    """The decoded text, before any repair."""
    format: str = "txt"
    encoding: str = "utf-8"
    bytes: int = 0
    sha256: str = ""
    extracted: bool = False
    """True when `source` is what extraction made of a richer format (HTML)."""
    metadata: Metadata = field(default_factory=Metadata)
    repairs: list[Repair] = field(default_factory=list)
    """In order, without overlap. Complete before `text` is first read."""
    spans: list[Span] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    """What is to be known of the document as a whole, such as `broken-encoding`."""
    title_range: tuple[int, int] | None = None
    """Where the title stands in `text`, if it does."""

    @cached_property
    def text(self) -> str:
        """The source with its repairs applied."""
        parts: list[str] = []
        at = 0
        for repair in self.repairs:
            parts += self.source[at : repair.start], repair.after
            at = repair.end
        parts.append(self.source[at:])
        return "".join(parts)

    @cached_property
    def _anchors(self) -> tuple[list[int], list[tuple[int, int, int, int]]]:
        """Where repairs end in the text, and their (text start, text end, source start, source end)."""
        ends, rows, shift = [], [], 0
        for repair in self.repairs:
            start = repair.start + shift
            end = start + len(repair.after)
            rows.append((start, end, repair.start, repair.end))
            ends.append(end)
            shift += len(repair.after) - (repair.end - repair.start)
        return ends, rows

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of a stretch of `text`.

        A boundary inside a repaired stretch widens to the whole of it: half a repair has no place
        in the source.
        """
        return self._position(start, "start"), self._position(end, "end")

    def _position(self, offset: int, side: Literal["start", "end"]) -> int:
        ends, rows = self._anchors
        # The first repair that ends after the offset; those before it only shift it.
        index = bisect_right(ends, offset)
        if side == "end" and index and rows[index - 1][1] == offset:
            return rows[index - 1][3]
        if index < len(rows):
            text_start, _, source_start, source_end = rows[index]
            if text_start < offset or (text_start == offset and side == "start"):
                return source_start if side == "start" else source_end
        if not index:
            return offset
        _, text_end, _, source_end = rows[index - 1]
        return source_end + offset - text_end
