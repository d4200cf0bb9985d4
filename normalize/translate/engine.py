"""Argos packages run by CTranslate2: tokens in batches of equal length, all cores busy.

Measured against `argostranslate.translate`: one queue instead of paragraph by paragraph, batches counted
in tokens, longest with longest, one worker a core rather than one operation spread over the cores, and
an output length bounded by the input's, so that a model caught in a loop costs no more than a sentence.
"""

from __future__ import annotations

import io
import itertools
import math
import os
import re
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from normalize.errors import ModelError
from normalize.translate.packages import Package, Quality, find, route
from normalize.translate.translator import PLAIN, Attempt, Hypothesis, ModelInfo, TranslateOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BEAM = 2
"""Beam size for packages that do not say what they want. Failed sentences are tried with more."""
BATCH_TOKENS = 1024
"""Padded tokens of one batch: with a beam of 4, 2,048 took a tenth longer on two cores."""
MAX_SOURCE = 110
"""Tokens of the longest piece given to a model at once; longer sentences are cut at clauses."""
LOCK = "models.lock"
"""A lock of this name in the working folder holds without being asked for."""
CHUNK = 4096
"""Sentences given to the model in one go: bounds memory, not batches."""

_CLAUSE = re.compile(r"(?<=[;:—–])\s+|(?<=[,،])\s+|(?<=[；：，、])|(?<=[.!?…])\s+|(?<=[。！？])")


def cores() -> int:
    """Processor cores that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


class Tokenizer(Protocol):
    """Text to the tokens of a model and back."""

    unknowns: bool
    """True if a token may be unknown to the model."""

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """The tokens of each text."""

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of tokens."""


class SentencePiece:
    """`sentencepiece.model` of a package. What it normalises (scripts, variants) is its own matter."""

    def __init__(self, model: bytes) -> None:
        import sentencepiece

        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        # Where any byte has a piece, nothing is unknown, and looking for what is costs attention weights.
        self.unknowns = not any(
            self._processor.is_byte(piece) for piece in range(min(512, self._processor.get_piece_size()))
        )

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """The pieces of each text."""
        pieces: list[list[str]] = self._processor.encode(list(texts), out_type=str)
        return pieces

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of pieces."""
        # As Argos does: some vocabularies hold marks of spaces that decoding leaves behind.
        return str(self._processor.decode_pieces(list(tokens))).replace("▁", " ").strip()


class BPE:
    """`bpe.model` of a package: Moses tokens, cut by byte pair encoding, as Argos reads them."""

    def __init__(self, model: bytes, source: str, target: str) -> None:
        # Only this module of argostranslate: `translate` and `sbd` import an AGPL library.
        from argostranslate.apply_bpe import BPE as Codes  # noqa: N811
        from sacremoses.normalize import MosesPunctNormalizer  # type: ignore[import-untyped]
        from sacremoses.tokenize import MosesDetokenizer, MosesTokenizer  # type: ignore[import-untyped]

        self._normalizer = MosesPunctNormalizer(source)
        self._tokenizer = MosesTokenizer(source)
        self._detokenizer = MosesDetokenizer(target)
        self.unknowns = True
        self._codes = Codes(io.StringIO(model.decode("utf-8")))

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """The subwords of each text."""
        out = []
        for text in texts:
            words = " ".join(self._tokenizer.tokenize(self._normalizer.normalize(text)))
            out.append(list(self._codes.segment_tokens(words.strip("\r\n ").split(" "))))
        return out

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of subwords."""
        return str(self._detokenizer.detokenize(" ".join(tokens).replace("@@ ", "").split(" "))).strip()


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a package wants to be used: `normalize.decoding` in its metadata."""

    beam: int = BEAM
    no_repeat: int = 0
    repetition_penalty: float = 1.0

    @classmethod
    def of(cls, package: Package) -> Decoding:
        """What its metadata says, within limits: a package is somebody else's."""
        said = package.own.get("decoding")
        if not isinstance(said, dict):
            return cls()

        def number(name: str, standard: float, low: float, high: float) -> float:
            value = said.get(name, standard)
            plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            return min(max(value, low), high) if plain else standard

        return cls(
            int(number("beam_size", BEAM, 1, 8)),
            int(number("no_repeat_ngram_size", 0, 0, 20)),
            float(number("repetition_penalty", 1, 1, 2)),
        )


class Model:
    """One package, loaded."""

    def __init__(self, package: Package, threads: int) -> None:
        import ctranslate2

        self.package = package
        pieces = package.read("sentencepiece.model")
        codes = None if pieces is not None else package.read("bpe.model")
        try:
            self.tokenizer: Tokenizer = (
                SentencePiece(pieces)
                if pieces is not None
                else BPE(codes or b"", package.from_code, package.to_code)
            )
            files = {name: io.BytesIO(data) for name, data in package.model_files().items()}
            workers = max(1, threads or cores())
            self.translator = ctranslate2.Translator(
                str(package.path),
                device="cpu",
                compute_type=os.environ.get("NORMALIZE_COMPUTE_TYPE") or "default",
                inter_threads=workers,
                intra_threads=1,
                files=files,
            )
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(f"{package.path}: the model cannot be loaded ({error}).") from error
        self.prefix = str(package.metadata.get("target_prefix") or "")
        self.decoding = Decoding.of(package)

    def translate(self, texts: Sequence[str], attempt: Attempt, beam: int) -> list[Hypothesis]:
        """The translation of each text, in order."""
        out: list[Hypothesis] = []
        for start in range(0, len(texts), CHUNK):
            out += self._translate(texts[start : start + CHUNK], attempt, beam)
        return out

    def _translate(self, texts: Sequence[str], attempt: Attempt, beam: int) -> list[Hypothesis]:
        pieces: list[list[str]] = []
        owner: list[int] = []
        for index, tokens in enumerate(self.tokenizer.encode(texts)):
            parts = [tokens]
            if len(tokens) > MAX_SOURCE:
                parts = self.tokenizer.encode(list(self._clauses(texts[index])))
            for part in parts:
                pieces.append(part)
                owner.append(index)
        results: list[tuple[str, float | None]] = [("", None)] * len(pieces)
        waiting = []
        for batch in batches([len(tokens) for tokens in pieces]):
            longest = max(len(pieces[i]) for i in batch)
            waiting.append(
                (
                    batch,
                    self.translator.translate_batch(
                        [pieces[i] for i in batch],
                        target_prefix=[[self.prefix]] * len(batch) if self.prefix else None,
                        beam_size=attempt.beam or beam or self.decoding.beam,
                        no_repeat_ngram_size=attempt.no_repeat or self.decoding.no_repeat,
                        repetition_penalty=max(attempt.repetition_penalty, self.decoding.repetition_penalty),
                        length_penalty=attempt.length_penalty,
                        max_input_length=0,
                        max_decoding_length=min(512, 3 * longest + 16),
                        replace_unknowns=self.tokenizer.unknowns,
                        return_scores=True,
                        asynchronous=True,
                    ),
                )
            )
        for batch, futures in waiting:
            for index, future in zip(batch, futures, strict=True):
                result = future.result()
                tokens = result.hypotheses[0]
                if self.prefix and tokens[:1] == [self.prefix]:
                    tokens = tokens[1:]
                score = result.scores[0] if result.scores else None
                if score is not None and attempt.length_penalty == 0:
                    score /= max(1, len(tokens))
                results[index] = (self.tokenizer.decode(tokens), score)
        joined: list[list[tuple[str, float | None]]] = [[] for _ in texts]
        for index, found in zip(owner, results, strict=True):
            joined[index].append(found)
        return [
            Hypothesis(
                " ".join(text for text, _ in parts if text),
                None if any(s is None for _, s in parts) else sum(s or 0.0 for _, s in parts) / len(parts),
            )
            for parts in joined
        ]

    def _clauses(self, text: str) -> Iterator[str]:
        """A text that is too long for the model in pieces that are not, cut where clauses end."""
        clauses = split_keeping(_CLAUSE, text)
        lengths = [len(tokens) for tokens in self.tokenizer.encode(clauses)]
        piece, size = "", 0
        for clause, length in zip(clauses, lengths, strict=True):
            if piece and size + length > MAX_SOURCE:
                yield piece
                piece, size = "", 0
            if length > MAX_SOURCE:
                yield from self._words(clause, length)
            else:
                piece += clause
                size += length
        if piece:
            yield piece

    def _words(self, clause: str, length: int) -> Iterator[str]:
        """A clause without any place to cut: cut at spaces, or anywhere when there are none."""
        step = max(1, len(clause) * MAX_SOURCE // (length + 1) * 4 // 5)
        while clause:
            cut = len(clause) if len(clause) <= step else clause.rfind(" ", step // 2, step) + 1 or step
            yield clause[:cut]
            clause = clause[cut:]


def split_keeping(pattern: re.Pattern[str], text: str) -> list[str]:
    """`text` cut after each match; the pieces put together are the text again."""
    cuts = [0, *(match.end() for match in pattern.finditer(text) if 0 < match.end() < len(text)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(cuts) if a < b]


def batches(lengths: Sequence[int], tokens: int = BATCH_TOKENS) -> Iterable[list[int]]:
    """Indices in batches: longest with longest, none with more than `tokens` padded tokens."""
    batch: list[int] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and longest * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        if not batch:
            longest = max(1, lengths[index])
        batch.append(index)
    if batch:
        yield batch


class Loaded(Protocol):
    """A package that is ready to translate."""

    def translate(self, texts: Sequence[str], attempt: Attempt, beam: int) -> list[Hypothesis]:
        """The translation of each text, in order."""


def load(package: Package, threads: int = 0) -> Loaded:
    """Load a package.

    Raises:
        ModelError: It is damaged, or needs what is not installed.
    """
    if package.engine == "firefox":
        from normalize.translate.firefox import FirefoxModel

        return FirefoxModel(package, threads or cores())
    return Model(package, threads)


class ArgosTranslator:
    """Translates with the best installed package of each language. Loads nothing until asked."""

    def __init__(self, options: TranslateOptions | None = None) -> None:
        self._options = options or TranslateOptions()
        self._guard = threading.Lock()
        self._packages: list[Package] | None = None
        self._routes: dict[str, list[Package]] = {}
        self._models: dict[Path, Loaded] = {}
        self._quality: Quality | None = None
        self._infos: dict[str, ModelInfo] = {}
        self.problems: list[str] = []

    def __getstate__(self) -> dict[str, Any]:
        return {"_options": self._options}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_options"])  # type: ignore[misc]

    def available(self, lang: str) -> bool:
        """True if there is a package, or a chain of them, from the language to English."""
        return bool(self._route(lang))

    def model(self, lang: str) -> ModelInfo:
        """The package of the language; of a chain, its packages in one."""
        # Asked once, at first use: a package exchanged on the disk is not the one that is loaded.
        if lang not in self._infos:
            self._infos[lang] = self._info(lang)
        return self._infos[lang]

    def _info(self, lang: str) -> ModelInfo:
        steps = [package.info() for package in self._route(lang)]
        if not steps:
            raise ModelError(f"There is no package for the language “{lang}”.")
        figures = [(self._quality or Quality()).measured(package, lang) for package in self._route(lang)]
        # A chain is no better than its first step, and nobody measures chains.
        if len(steps) == 1:
            return replace(steps[0], quality=figures[0])
        return ModelInfo(
            name="+".join(step.name for step in steps),
            version="+".join(step.version for step in steps),
            sha256="+".join(step.sha256 for step in steps),
            licence=" + ".join(dict.fromkeys(step.licence for step in steps)),
            languages=steps[0].languages,
            path=os.pathsep.join(step.path for step in steps),
            quality=figures[0],
        )

    def translate(self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        """The English of each sentence."""
        steps = self._route(lang)
        if not steps:
            raise ModelError(f"There is no package for the language “{lang}”.")
        found = [Hypothesis(sentence) for sentence in sentences]
        for package in steps:
            model = self._load(package)
            found = model.translate([h.text for h in found], attempt, self._options.beam)
        return found

    def packages(self) -> list[Package]:
        """All usable packages, in the order in which they were found."""
        with self._guard:
            if self._packages is None:
                self._packages = find(self._options.models, self.problems)
                lock = self._options.lock or (Path(LOCK) if Path(LOCK).is_file() else None)
                if lock is not None:
                    from normalize.translate.lock import read_lock

                    self._packages = read_lock(lock).select(self._packages)
                self._quality = Quality.standard(self._options.quality)
            return self._packages

    def _route(self, lang: str) -> list[Package]:
        packages = self.packages()
        with self._guard:
            if lang not in self._routes:
                self._routes[lang] = route(packages, lang, self._quality or Quality())
            return self._routes[lang]

    def _load(self, package: Package) -> Loaded:
        with self._guard:
            if package.path not in self._models:
                self._models[package.path] = load(package, self._options.threads)
            return self._models[package.path]
