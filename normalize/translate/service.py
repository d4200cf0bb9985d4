"""`Translation`: what the pipeline and the command line call."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import regex

from normalize.translate import pairing
from normalize.translate.inline import LONGEST, Inline, choose
from normalize.translate.lexicon import has
from normalize.translate.memory import Memory, default_path
from normalize.translate.names import Speller, unify
from normalize.translate.sentences import Sentence, Sentences
from normalize.translate.spans import Piece, english_of, fit, join_pieces, sentence_ranges, unwrapped
from normalize.translate.translator import TranslateOptions, Translator, create

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normalize.document import Document, Span


@dataclass(frozen=True, slots=True)
class LineResult:
    """A translated line. `ok` is False where there is no translation: `text` is the source then."""

    source: str
    text: str
    ok: bool
    flags: tuple[str, ...] = ()
    model: str | None = None


@dataclass
class _Task:
    """A span on its way."""

    document: Document
    span: Span
    ranges: list[tuple[int, int]] = field(default_factory=list)
    inline: Inline | None = None
    pieces: list[Piece] = field(default_factory=list)
    heard: dict[str, Sentence] = field(default_factory=dict)
    parts: list[tuple[Span, list[Piece]]] = field(default_factory=list)
    """The span, or the spans that it falls into where some of its sentences could not be translated."""

    @property
    def source(self) -> str:
        return self.document.text[self.span.start : self.span.end]

    def requests(self) -> list[tuple[str, str]]:
        if self.inline:
            texts = self.inline.requests()
        else:
            texts = [unwrapped(self.document.text[a:b]) for a, b in self.ranges]
        return [(text, self.span.lang) for text in texts]

    def answer(self, said: Iterator[Sentence]) -> None:
        if self.inline:
            self.heard = {text: next(said) for text in self.inline.requests()}
        else:
            self.pieces = [Piece(a, b, next(said)) for a, b in self.ranges]


class _Line:
    """A line on its way: a word or two like a word in a sentence, anything else by its sentences."""

    def __init__(self, line: str, lang: str) -> None:
        self.line, self.lang = line, lang
        self.ranges = sentence_ranges(line, lang)
        short = Inline(line.strip(), lang, "", "")
        bare = not regex.search(r"[.!?…。！？:]\s*$", line)
        self.inline = short if self.ranges and bare and 0 < len(short.words) <= 2 and has(lang) else None

    def requests(self) -> list[tuple[str, str]]:
        texts = self.inline.requests() if self.inline else [unwrapped(self.line[a:b]) for a, b in self.ranges]
        return [(text, self.lang) for text in texts]

    def result(self, said: Iterator[Sentence]) -> LineResult:
        if self.inline:
            heard = {text: next(said) for text in self.inline.requests()}
            model = next(iter(heard.values())).model
            text, flags = choose(self.inline, heard, [])
            ok = bool(text) and not {"copied", "source-script"} & set(flags)
            if self.line.lstrip()[0].islower() and text[1:2].islower():
                text = text[0].lower() + text[1:]
            return LineResult(self.line, text if ok else self.line, ok, tuple(flags), model)
        pieces = [Piece(a, b, next(said)) for a, b in self.ranges]
        if not pieces:
            return LineResult(self.line, self.line, True)
        flags = list(dict.fromkeys(flag for piece in pieces for flag in piece.said.flags))
        ok = any(piece.said.ok for piece in pieces)
        if ok and not all(piece.said.ok for piece in pieces):
            flags.append("partly-untranslated")
        text = join_pieces(self.line, pieces, self.lang) if ok else self.line
        return LineResult(self.line, text, ok, tuple(flags), pieces[0].said.model)


class Translation:
    """Translates the spans of documents, or lines, into English.

    Nothing is loaded before it is needed. One may be pickled, which forgets what is loaded, and shared
    between threads.
    """

    def __init__(self, options: TranslateOptions | None = None, translator: Translator | None = None) -> None:
        self.options = options or TranslateOptions()
        self._given = translator
        self._guard = threading.Lock()
        self._sentences: Sentences | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"options": self.options, "given": self._given}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.options = state["options"]
        self._given = state["given"]
        self._guard = threading.Lock()
        self._sentences = None

    @property
    def sentences(self) -> Sentences:
        """The machinery below, made when first asked for."""
        with self._guard:
            if self._sentences is None:
                path = self.options.memory
                memory = None if path is False else Memory(path or default_path())
                self._sentences = Sentences(self._given or create(self.options), memory)
            return self._sentences

    def available(self, lang: str) -> bool:
        """True if the language can be translated."""
        return self.sentences.translator.available(lang)

    def models_used(self) -> list[dict[str, Any]]:
        """The models that translated something so far, for `run.json`."""
        if self._sentences is None:
            return []
        models = {}
        for lang in self._sentences.used():
            model = self._sentences.translator.model(lang)
            models[model.id, model.sha256] = model.as_dict()
        return list(models.values())

    def translate_lines(self, lines: Sequence[str], lang: str) -> list[LineResult]:
        """Translate lines of one language, each on its own."""
        tasks = [_Line(line, lang) for line in lines]
        said = iter(self.sentences.translate([request for task in tasks for request in task.requests()]))
        return [task.result(said) for task in tasks]

    def translate(self, documents: Sequence[Document]) -> None:
        """Translate the spans of documents in place, except those that are removed.

        Sets `action`, `translation`, `model` and `flags` of each.
        """
        tasks = [
            [_task(document, span) for span in document.spans if not _removed(document, span)]
            for document in documents
        ]
        ready = [task for row in tasks for task in row if self.available(task.span.lang)]
        requests = [request for task in ready for request in task.requests()]
        said = iter(self.sentences.translate(requests) if requests else ())
        for task in ready:
            task.answer(said)
        for row in tasks:
            if row:
                self._settle(row)
                _put_parts(row)

    def _settle(self, tasks: list[_Task]) -> None:
        """Write what was found into the spans of one document."""
        document = tasks[0].document
        speller = Speller(english_of(document))
        whole = [task for task in tasks if task.pieces]
        spelled = iter(
            unify(
                [(p.said.source, p.said.text if p.said.ok else "") for task in whole for p in task.pieces],
                speller,
            )
        )
        for task in whole:
            task.pieces = [p.respelled(next(spelled)) for p in task.pieces]
        sentences = [(p.said.source, p.said.text) for task in whole for p in task.pieces if p.said.ok]
        for task in tasks:
            if task.inline and task.heard:
                self._settle_inline(task, sentences, speller)
            else:
                self._settle_whole(task)

    def _settle_whole(self, task: _Task) -> None:
        span, document, pieces = task.span, task.document, task.pieces
        if not pieces:
            if pairing.may_be_paired(task.source, span) and pairing.paired(document, span, None):
                span.action, span.translation = "paired", ""
                return
            flag = "empty" if self.available(span.lang) else "no-model"
            span.action, span.flags = "failed", list(dict.fromkeys([*span.flags, flag]))
            return
        span.model = pieces[0].said.model
        said = join_pieces(document.text, pieces, span.lang, span.start, span.end, attempts=True)
        if pairing.may_be_paired(task.source, span) and pairing.paired(document, span, said):
            span.action, span.translation = "paired", ""
            return
        task.parts = list(_parts(span, pieces))
        for part, group in task.parts:
            flags = [flag for piece in group for flag in piece.said.flags]
            part.flags = list(dict.fromkeys([*part.flags, *flags]))
            if group[0].said.ok:
                text = join_pieces(document.text, group, span.lang, part.start, part.end)
                part.action, part.translation = "translated", fit(document, part, text)
            else:
                part.action, part.translation = "failed", None

    def _settle_inline(self, task: _Task, sentences: list[tuple[str, str]], speller: Speller) -> None:
        assert task.inline is not None  # noqa: S101 - for the type checker
        span = task.span
        words = task.inline.words
        elsewhere = [(s, t) for s, t in sentences if any(word in s for word in words)]
        text, flags = choose(task.inline, task.heard, elsewhere)
        span.model = next(iter(task.heard.values())).model
        span.flags = list(dict.fromkeys([*span.flags, *flags]))
        if not text or "source-script" in flags or "copied" in flags:
            span.action, span.translation = "failed", None
            return
        span.action, span.translation = "translated", speller.respell(task.inline.source, text)


def _task(document: Document, span: Span) -> _Task:
    task = _Task(document, span, sentence_ranges(document.text, span.lang, span.start, span.end))
    if span.kind == "inline":
        text = document.text
        low = max(text.rfind("\n", 0, span.start) + 1, span.start - 400)
        high = text.find("\n", span.end)
        high = min(len(text) if high < 0 else high, span.end + 400)
        inline = Inline(task.source, span.lang, text[low : span.start], text[span.end : high])
        if len(inline.words) <= LONGEST and not pairing.may_be_paired(task.source, span):
            task.inline = inline
    return task


def _parts(span: Span, pieces: list[Piece]) -> Iterator[tuple[Span, list[Piece]]]:
    """A span with its sentences; where not all could be translated, a span for each run that fared alike."""
    groups = [list(group) for _, group in itertools.groupby(pieces, key=lambda piece: piece.said.ok)]
    if len(groups) == 1:
        yield span, pieces
        return
    for number, group in enumerate(groups):
        yield (
            replace(
                span,
                start=span.start if number == 0 else group[0].start,
                end=span.end if number == len(groups) - 1 else group[-1].end,
                kind="sentence" if span.kind == "paragraph" else span.kind,
                flags=[*span.flags],
            ),
            group,
        )


def _put_parts(tasks: list[_Task]) -> None:
    """Put the parts of divided spans into their document."""
    document = tasks[0].document
    divided = {id(task.span): [part for part, _ in task.parts] for task in tasks if len(task.parts) > 1}
    if divided:
        document.spans = [part for span in document.spans for part in divided.get(id(span), [span])]


def _removed(document: Document, span: Span) -> bool:
    return any(r.start <= span.start and span.end <= r.end for r in document.removals)


__all__ = ["LineResult", "Sentence", "Translation"]
