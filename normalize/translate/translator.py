"""The one interface behind all translation: what a third party implements, and what it hands back.

A translator takes sentences and gives English. It need not protect numbers, judge its output or
remember anything: that is done for every translator alike (`normalize.translate.service`). It is found
by an entry point of the group `normalize.translators`, a callable that takes `TranslateOptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

ENTRY_POINTS = "normalize.translators"


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    """How to translate. Every field has a default that works offline with the built-in models."""

    models: Path | None = None
    """A folder of packages, or one package, to look at before all others."""
    memory: Path | Literal[False] | None = None
    """File of the translation memory; None for the one in the user's cache folder, False for none."""
    threads: int = 0
    """Processor cores to use; 0 for all that this process may run on."""
    translator: str = "argos"
    """`argos`, `openai`, or the name of an entry point of the group `normalize.translators`."""
    base_url: str | None = None
    """Address of an OpenAI-compatible server, for `translator="openai"`."""
    allow_remote: bool = False
    """Let `base_url` be an address that is not of this machine."""
    model: str | None = None
    """Name of the model to ask an OpenAI-compatible server for."""
    lock: Path | None = None
    """A `models.lock`: use the packages named there and no others. `./models.lock` if there is one."""
    quality: Path | None = None
    """A quality table (TOML) whose rows win over the published ones."""
    beam: int = 0
    """Beam size; 0 for the measured default."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model translates a language, for reports and for the key of the memory."""

    name: str
    version: str = ""
    sha256: str = ""
    licence: str = ""
    languages: tuple[str, ...] = ()
    path: str = ""
    quality: float | None = None
    """ChrF into English on FLORES dev for the language asked about, None where nobody measured it."""

    @property
    def id(self) -> str:
        """Name and version, as reports show them."""
        return f"{self.name}@{self.version}" if self.version else self.name

    def as_dict(self) -> dict[str, Any]:
        """All fields, for `run.json`."""
        return {**asdict(self), "languages": list(self.languages)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to translate: a sentence whose translation fails the checks is tried another way.

    A translator may ignore any of it.
    """

    name: str = "plain"
    beam: int = 0
    """0 for the translator's own default."""
    no_repeat: int = 0
    """No sequence of this many tokens occurs twice in the output; 0 for no such rule."""
    repetition_penalty: float = 1.0
    length_penalty: float = 1.0

    @property
    def key(self) -> str:
        """The settings in short, for the key of the memory."""
        return f"b{self.beam} n{self.no_repeat} r{self.repetition_penalty:g} l{self.length_penalty:g}"


PLAIN = Attempt()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation. `score` is the mean log probability of a token, None where unknown."""

    text: str
    score: float | None = None


@runtime_checkable
class Translator(Protocol):
    """Sentences in, English out."""

    def available(self, lang: str) -> bool:
        """True if sentences of this language (ISO 639) can be translated."""

    def model(self, lang: str) -> ModelInfo:
        """The model that `translate` uses for the language. Only asked where it is `available`."""

    def translate(
        self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN
    ) -> Sequence[Hypothesis]:
        """The English of each sentence, in order. Many come at once, and maybe from several threads."""


TranslatorFactory = Callable[[TranslateOptions], Translator]


def create(options: TranslateOptions) -> Translator:
    """The translator that the options name.

    Raises:
        UsageError: There is no translator of that name.
    """
    if options.translator == "argos":
        from normalize.translate.engine import ArgosTranslator

        return ArgosTranslator(options)
    if options.translator == "openai":
        from normalize.translate.openai import OpenAITranslator

        return OpenAITranslator(options)
    from importlib.metadata import entry_points

    from normalize.errors import UsageError

    found = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if options.translator not in found:
        names = ", ".join(["argos", "openai", *sorted(found)])
        raise UsageError(f"There is no translator “{options.translator}”. Installed: {names}.")
    factory: TranslatorFactory = found[options.translator].load()
    return factory(options)
