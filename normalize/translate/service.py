"""`Translation`: what the pipeline and the command line call."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normalize.translate.memory import Memory, default_path
from normalize.translate.sentences import Sentence, Sentences
from normalize.translate.spans import Piece, pieces_of
from normalize.translate.translator import TranslateOptions, Translator, create

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.document import Document, Span


@dataclass(frozen=True, slots=True)
class LineResult:
    """A translated line. `ok` is False where there is no translation: `text` is the source then."""

    source: str
    text: str
    ok: bool
    flags: tuple[str, ...] = ()
    model: str | None = None


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
        return {"options": self.options, "_given": self._given}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["options"], state["_given"])  # type: ignore[misc]

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
        from normalize.translate.spans import join_pieces, sentence_ranges

        cut = [sentence_ranges(line, lang) for line in lines]
        requests = [(line[a:b], lang) for line, ranges in zip(lines, cut, strict=True) for a, b in ranges]
        found = iter(self.sentences.translate(requests))
        results = []
        for line, ranges in zip(lines, cut, strict=True):
            pieces = [Piece(a, b, next(found)) for a, b in ranges]
            if not pieces:
                results.append(LineResult(line, line, True))
                continue
            flags = tuple(dict.fromkeys(flag for piece in pieces for flag in piece.said.flags))
            ok = any(piece.said.ok for piece in pieces)
            text = join_pieces(line, pieces, lang) if ok else line
            results.append(LineResult(line, text, ok, flags, pieces[0].said.model))
        return results

    def translate(self, documents: Sequence[Document]) -> None:
        """Translate the spans of documents in place, except what is removed from them."""
        work: list[tuple[Document, Span, list[tuple[int, int]]]] = []
        for document in documents:
            for span in document.spans:
                if not _removed(document, span):
                    work.append((document, span, []))
        self._translate_spans(work)

    def _translate_spans(self, work: list[tuple[Document, Span, list[tuple[int, int]]]]) -> None:
        requests: list[tuple[str, str]] = []
        for document, span, ranges in work:
            if self.available(span.lang):
                ranges += pieces_of(document, span)
                requests += [(document.text[a:b], span.lang) for a, b in ranges]
        found = iter(self.sentences.translate(requests) if requests else [])
        for document, span, ranges in work:
            if not ranges:
                span.action = "failed"
                span.flags.append("no-model" if not self.available(span.lang) else "empty")
                continue
            self._settle(document, span, [Piece(a, b, next(found)) for a, b in ranges])

    def _settle(self, document: Document, span: Span, pieces: list[Piece]) -> None:
        from normalize.translate.spans import fit, join_pieces

        flags = [flag for piece in pieces for flag in piece.said.flags]
        span.flags = list(dict.fromkeys([*span.flags, *flags]))
        span.model = pieces[0].said.model
        if not any(piece.said.ok for piece in pieces):
            span.action, span.translation = "failed", None
            return
        span.action = "translated"
        span.translation = fit(
            document, span, join_pieces(document.text, pieces, span.lang, span.start, span.end)
        )


def _removed(document: Document, span: Span) -> bool:
    return any(r.start <= span.start and span.end <= r.end for r in document.removals)


__all__ = ["LineResult", "Sentence", "Translation"]
