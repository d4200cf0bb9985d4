"""What the tests of translation share: the built-in models, and ways to spoil them."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from normalize.translate import PLAIN, Attempt, Hypothesis, ModelInfo, TranslateOptions, Translation
from normalize.translate.packages import Package, builtin_folder, packages_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@pytest.fixture(scope="session")
def builtin() -> list[Package]:
    """The built-in packages."""
    found = packages_in(builtin_folder(), "built-in")
    if not found:
        pytest.skip("models/ is empty: the built-in models are not there yet")
    return found


@pytest.fixture(scope="session")
def translation(builtin: list[Package]) -> Translation:
    """One translation with the built-in models, loaded once."""
    del builtin
    return Translation(TranslateOptions(memory=False))


@pytest.fixture
def package(builtin: list[Package], tmp_path: Path) -> Path:
    """A copy of a built-in package, to be spoilt."""
    path = tmp_path / "copy.argosmodel"
    path.write_bytes(builtin[0].path.read_bytes())
    return path


class Says:
    """A translator that says what a test wants it to say. Shows how little a translator needs."""

    def __init__(self, says: Callable[[str, Attempt], str]) -> None:
        self.says = says
        self.asked: list[tuple[str, Attempt]] = []

    def available(self, lang: str) -> bool:
        """True for anything but English."""
        return lang != "en"

    def model(self, lang: str) -> ModelInfo:
        """A name."""
        del lang
        return ModelInfo(name="says", version="1", sha256="00")

    def translate(self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        """What the test wants."""
        del lang
        self.asked += [(sentence, attempt) for sentence in sentences]
        return [Hypothesis(self.says(sentence, attempt), -1.0) for sentence in sentences]


@pytest.fixture
def says() -> Callable[[Callable[[str, Attempt], str]], tuple[Translation, Says]]:
    """Makes a translation whose model says what a function says."""

    def make(function: Callable[[str, Attempt], str]) -> tuple[Translation, Says]:
        translator = Says(function)
        return Translation(TranslateOptions(memory=False), translator), translator

    return make


METADATA = {"from_code": "sr", "to_code": "en", "package_version": "1.0"}


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Makes a zip file that looks like a package, of names and contents."""

    def make(extra: dict[str, bytes] | None = None, metadata: object = METADATA, name: str = "a") -> Path:
        path = tmp_path / f"{name}.argosmodel"
        files = {
            "p/metadata.json": json.dumps(metadata).encode(),
            "p/sentencepiece.model": b"x",
            "p/model/model.bin": b"x",
            **(extra or {}),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for file, data in files.items():
                out.writestr(file, data)
        return path

    return make
