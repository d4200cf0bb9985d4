"""The way of a document, from what was read to the finished output and report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from normalize.document import Document, Metadata, Span
from normalize.errors import InputError, NormalizeError
from normalize.report import failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from normalize.boilerplate import BoilerplateFinder, LineRepetition
    from normalize.document import Removal
    from normalize.report import Report
    from normalize.translate import Translation

OutputFormat = Literal["md", "txt", "jsonl"]

# Documents that wait for translation together. Enough to fill batches with sentences of like length,
# few enough to hold in memory and to deliver results early.
WINDOW_DOCUMENTS = 64
WINDOW_LETTERS = 200_000


@dataclass(frozen=True)
class Settings:
    """What a user can choose.

    Attributes:
        translate: Whether foreign spans are translated; if not, they stay as they are.
        strip_boilerplate: Whether clutter is removed.
        keep: Categories of clutter that stay nevertheless.
        drop: Files with patterns of further clutter.
        site_rules: Rules by path, from `normalize.toml`.
        models: A folder of translation packages that comes before all others.
        memory: The translation memory: a file, None for the user's own, False for none.
        translator: Name of the translator.
        base_url: Address of a local server, for `translator="openai"`.
        allow_remote: Whether that address may be on another machine.
        format: Of the output.
    """

    translate: bool = True
    strip_boilerplate: bool = True
    keep: frozenset[str] = frozenset()
    drop: tuple[Path, ...] = ()
    site_rules: tuple[object, ...] = ()
    models: Path | None = None
    memory: Path | Literal[False] | None = None
    translator: str = "argos"
    base_url: str | None = None
    allow_remote: bool = False
    format: OutputFormat = "md"


@dataclass
class Result:
    """What became of one document."""

    text: str
    """The clean English text, without front matter."""
    report: Report
    document: Document | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the document was done, and no span stands untranslated."""
        return self.report["error"] is None and all(
            span["action"] != "failed" for span in self.report["spans"]
        )


class Normalizer:
    """Clean English out of anything.

    Loads nothing until it is needed; picklable; safe to share between threads.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._finder: BoilerplateFinder | None = None
        self._translation: Translation | None = None

    def __getstate__(self) -> dict[str, object]:
        return {"settings": self.settings, "_finder": None, "_translation": None}

    @property
    def finder(self) -> BoilerplateFinder:
        """The boilerplate step."""
        if self._finder is None:
            from normalize.boilerplate import BoilerplateFinder, BoilerplateOptions

            settings = self.settings
            self._finder = BoilerplateFinder(
                BoilerplateOptions(
                    keep=settings.keep, drop_files=settings.drop, site_rules=settings.site_rules
                )
            )
        return self._finder

    @property
    def translation(self) -> Translation:
        """The translation step."""
        if self._translation is None:
            from normalize.translate import TranslateOptions, Translation

            settings = self.settings
            self._translation = Translation(
                TranslateOptions(
                    models=settings.models,
                    memory=settings.memory,
                    translator=settings.translator,
                    base_url=settings.base_url,
                    allow_remote=settings.allow_remote,
                )
            )
        return self._translation

    def check(self) -> None:
        """Load the user's own rules now, so that a mistake in them is told before any work is done.

        Raises:
            CannotStartError: A file of patterns or a rule of a site makes no sense.
        """
        if self.settings.strip_boilerplate:
            self.finder.check()

    def text(self, text: str) -> Result:
        """Normalize one text."""
        return next(self.texts([text]))

    def file(self, path: str | Path) -> Result:
        """Normalize one file that holds one document.

        Raises:
            InputError: The file cannot be read.
        """
        from normalize.read import read_file

        path = Path(path)
        return next(self.documents([read_file(path, path.name)]))

    def texts(self, texts: Iterable[str]) -> Iterator[Result]:
        """Normalize a stream of texts, in order; translation is batched across them."""
        return self.documents(from_text(text, f"text-{number}") for number, text in enumerate(texts, start=1))

    def documents(self, documents: Iterable[Document]) -> Iterator[Result]:
        """Normalize a stream of documents, in order; translation is batched across them."""
        return self.finished(self.prepared(document) for document in documents)

    def prepared(self, document: Document, repetition: LineRepetition | None = None) -> Document:
        """Everything before translation: repair, identification, boilerplate."""
        from normalize.identify import identify
        from normalize.repair import repair

        repair(document)
        document.spans = identify(document.text)
        if self.settings.strip_boilerplate:
            verdict = self.finder.find(document, repetition)
            document.removals = list(verdict.removals)
            document.metadata = verdict.metadata
            document.title_range = verdict.title_range
            document.flags += verdict.flags
        document.spans = carved(document)
        return document

    def finished(self, prepared: Iterable[Document]) -> Iterator[Result]:
        """Translation and everything after it."""
        for window in _windows(prepared):
            if self.settings.translate:
                self._translate([document for document in window if document.spans])
            yield from map(self._finished, window)

    def _finished(self, document: Document) -> Result:
        try:
            return self._finish(document)
        except Exception as error:  # noqa: BLE001 - one bad document never stops a run
            return Result("", failed(document.path, unexpected(error), fmt=document.format), document)

    def _translate(self, documents: list[Document]) -> None:
        try:
            self.translation.translate(documents)
        except NormalizeError:
            raise
        except Exception as error:  # noqa: BLE001 - the text is more than its translation: it stays, marked
            for document in documents:
                document.flags.append(f"translator-error: {type(error).__name__}: {error}")
                for span in document.spans:
                    if span.action == "kept" and "removed" not in span.flags:
                        span.action, span.flags = "failed", [*span.flags, "translator-error"]

    def _finish(self, document: Document) -> Result:
        from normalize.compose import compose
        from normalize.report import report_of

        if self.settings.translate and self.settings.strip_boilerplate and document.spans:
            document.removals = merged(document, self.finder.find_translated(document))
            document.spans = carved(document)
        if document.title_range is not None:
            document.metadata.title = _english_title(document) or document.metadata.title
        in_field = document.format == "jsonl"
        composed = compose(
            document, markdown=self.settings.format != "txt" and not in_field, ending="" if in_field else "\n"
        )
        return Result(composed.body, report_of(document, composed.pieces), document)


def unexpected(error: BaseException) -> InputError:
    """An error that no one foresaw, told as one, so that a run goes on and the user can report it."""
    return InputError(
        f"unexpected {type(error).__name__}: {error}. Please report this, with the file if you can"
    )


def from_text(text: str, path: str) -> Document:
    """A document of a text that is in memory."""
    # JSON can carry half a surrogate pair, which is no character and cannot be written.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data = text.encode("utf-8")
    return Document(path=path, source=text, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def carved(document: Document) -> list[Span]:
    """The spans, cut where a removal begins or ends; what lies in a removal is flagged `removed`.

    Such a span stays in the report, since it is in the source, and nothing else is done to it.
    """
    removals = document.removals
    carved: list[Span] = []
    first = 0
    for span in document.spans:
        while first < len(removals) and removals[first].end <= span.start:
            first += 1
        at, index = span.start, first
        while at < span.end:
            if index == len(removals) or removals[index].start >= span.end:
                carved += (
                    [span]
                    if at == span.start
                    else _trimmed(document.text, replace(span, start=at, flags=[*span.flags]))
                )
                break
            removal = removals[index]
            if removal.start > at:
                carved += _trimmed(
                    document.text, replace(span, start=at, end=removal.start, flags=[*span.flags])
                )
            low, high = max(at, removal.start), min(span.end, removal.end)
            flags = [*span.flags] if "removed" in span.flags else [*span.flags, "removed"]
            carved.append(replace(span, start=low, end=high, action="kept", translation=None, flags=flags))
            at, index = high, index + 1
    return carved


def _trimmed(text: str, span: Span) -> Iterator[Span]:
    """A part of a span without white space around it; nothing if it holds no letter."""
    part = text[span.start : span.end]
    if any(map(str.isalpha, part)):
        left = len(part) - len(part.lstrip())
        yield replace(span, start=span.start + left, end=span.start + len(part.rstrip()))


def merged(document: Document, more: Sequence[Removal]) -> list[Removal]:
    """Removals of both passes, in order; of two that overlap, the one that begins first stays."""
    kept: list[Removal] = []
    for removal in sorted([*document.removals, *more], key=lambda removal: (removal.start, removal.end)):
        if not kept or removal.start >= kept[-1].end:
            kept.append(removal)
    return kept


def _english_title(document: Document) -> str | None:
    """The title as the output has it: a foreign one in English."""
    start, end = document.title_range or (0, 0)
    parts: list[str] = []
    at = start
    for span in document.spans:
        if span.start >= start and span.end <= end and span.action == "translated":
            parts += document.text[at : span.start], span.translation or ""
            at = span.end
    parts.append(document.text[at:end])
    return " ".join("".join(parts).split()).lstrip("# ") or None


def _windows(documents: Iterable[Document]) -> Iterator[list[Document]]:
    window: list[Document] = []
    waiting = 0
    for document in documents:
        window.append(document)
        waiting += sum(span.end - span.start for span in document.spans)
        if len(window) >= WINDOW_DOCUMENTS or waiting >= WINDOW_LETTERS:
            yield window
            window, waiting = [], 0
    if window:
        yield window


__all__ = ["Document", "Metadata", "Normalizer", "Result", "Settings"]
