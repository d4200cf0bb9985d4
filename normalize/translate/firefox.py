"""Firefox Translations models, run by the optional package `fxtranslate` (the extra `firefox`).

Their files are kept in a package folder like any other: `metadata.json` with `normalize.engine` set to
`firefox`, and in `model/` the model, one vocabulary or two, and the word list if there is one.
"""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from normalize.errors import ModelError
from normalize.translate.translator import PLAIN, Attempt, Hypothesis

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

    from normalize.translate.packages import Package

_LARGEST = 512 * 1024**2


def engine() -> ModuleType:
    """The package `fxtranslate`.

    Raises:
        ModelError: It is not installed.
    """
    try:
        import fxtranslate  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise ModelError(
            "Firefox models need the package fxtranslate: pip install 'normalize[firefox]'."
        ) from error
    module: ModuleType = fxtranslate
    return module


def gather(folder: Path, code: str) -> dict[str, bytes]:
    """The files of a Firefox model in a folder, unpacked, under plain names.

    Raises:
        ModelError: It is not a model of the language.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such folder.")
    pair = f"{code}en"
    found: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        name = path.name
        plain = name.removesuffix(".gz").removesuffix(".zst")
        if not path.is_file() or path.is_symlink() or pair not in plain.split("."):
            continue
        role = _role(plain)
        if role:
            if path.stat().st_size > _LARGEST:
                raise ModelError(f"{path}: refused, too large for a Firefox model.")
            found[role] = _unpacked(path)
    vocabularies = found.keys() & {"vocab.spm", "srcvocab.spm", "trgvocab.spm"}
    if "model.bin" not in found or vocabularies not in ({"vocab.spm"}, {"srcvocab.spm", "trgvocab.spm"}):
        raise ModelError(
            f"{folder}: not a Firefox model from “{code}” to English; it needs model.{pair}.….bin and "
            f"vocab.{pair}.spm, or srcvocab.{pair}.spm and trgvocab.{pair}.spm."
        )
    return found


def _role(name: str) -> str | None:
    start = name.split(".", 1)[0]
    if start == "model" and name.endswith(".bin"):
        return "model.bin"
    if start in {"vocab", "srcvocab", "trgvocab"} and name.endswith(".spm"):
        return f"{start}.spm"
    if start == "lex" and name.endswith(".bin"):
        return "lex.bin"
    return None


def _unpacked(path: Path) -> bytes:
    if path.suffix == ".gz":
        with gzip.open(path) as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ModelError(f"{path}: refused, it unpacks to more than {_LARGEST} bytes.")
        return data
    if path.suffix == ".zst":
        try:
            return bytes(engine().discovery.verify_and_decompress(path.read_bytes()))
        except ValueError as error:
            raise ModelError(f"{path}: damaged ({error}).") from error
    return path.read_bytes()


def load(package: Package) -> Any:
    """The engine of an installed Firefox model."""
    files = package.model_files()
    shared = files.get("vocab.spm")
    try:
        return engine().Translator(
            files["model.bin"],
            shared if shared is not None else files["srcvocab.spm"],
            shared if shared is not None else files["trgvocab.spm"],
            files.get("lex.bin"),
        )
    except (ValueError, KeyError) as error:
        raise ModelError(f"{package.path}: the Firefox model cannot be loaded ({error}).") from error


class FirefoxModel:
    """A Firefox model, one engine a thread: they are not for sharing. Attempts make no difference to it."""

    def __init__(self, package: Package, threads: int) -> None:
        self.package = package
        self._own = threading.local()
        self._own.engine = load(package)
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="firefox")

    def translate(self, texts: Sequence[str], attempt: Attempt = PLAIN, beam: int = 0) -> list[Hypothesis]:
        """The translation of each text."""
        del attempt, beam
        return list(self._pool.map(self._one, texts))

    def _one(self, text: str) -> Hypothesis:
        if not hasattr(self._own, "engine"):
            self._own.engine = load(self.package)
        return Hypothesis(str(self._own.engine.translate(text)).strip())
