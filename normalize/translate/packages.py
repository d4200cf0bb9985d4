"""Translation packages on this machine: where they are, whether they are safe, which is best.

A package is what Argos Translate installs: a zip file (`.argosmodel`) of one folder, or that folder,
with `metadata.json`, `sentencepiece.model` or `bpe.model`, and `model/` (CTranslate2). Zip files are
read straight into memory and never unpacked; they are checked first all the same, because Argos
Translate would unpack them.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from normalize.errors import ModelError
from normalize.toml import load_toml
from normalize.translate.translator import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIX = ".argosmodel"

MAX_FILES = 2_000
MAX_BYTES = 8 * 1024**3
MAX_RATIO = 100
"""Weights hardly compress; a file that swells a hundredfold is a bomb."""
SMALL = 16 * 1024**2
"""Files up to this size may compress as well as they like (vocabularies, padding)."""
MAX_METADATA = 1024**2

#: Codes that packages use for what reports call otherwise.
ALIASES = {"zt": "zh", "pb": "pt", "nb": "no", "nn": "no", "sh": "sr", "iw": "he", "in": "id"}


def _own(metadata: dict[str, Any]) -> dict[str, Any]:
    own = metadata.get("normalize")
    return own if isinstance(own, dict) else {}


@dataclass(frozen=True)
class Package:
    """One package. `languages` are the codes that it translates from."""

    path: Path
    origin: str
    name: str
    version: str
    from_code: str
    to_code: str
    languages: tuple[str, ...]
    licence: str
    metadata: dict[str, Any] = field(repr=False, hash=False, compare=False)
    root: str = field(default="", repr=False, hash=False, compare=False)

    @property
    def zipped(self) -> bool:
        """True for a `.argosmodel` file, False for a folder."""
        return self.path.is_file()

    @property
    def own(self) -> dict[str, Any]:
        """What its metadata says for this program: the table `normalize`."""
        return _own(self.metadata)

    @property
    def engine(self) -> str:
        """`ctranslate2`, or `firefox`."""
        return "firefox" if self.own.get("engine") == "firefox" else "ctranslate2"

    @property
    def id(self) -> str:
        """Name and version."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def sha256(self) -> str:
        """Checksum of the file; of a folder, of the names and contents of its files."""
        return checksum(self.path)

    def info(self) -> ModelInfo:
        """The package as reports show it."""
        return ModelInfo(self.name, self.version, self.sha256, self.licence, self.languages, str(self.path))

    def read(self, name: str) -> bytes | None:
        """A file of the package, None if it has no such file."""
        if not self.zipped:
            path = self.path / name
            return path.read_bytes() if path.is_file() else None
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self.root + name)
        except KeyError:
            return None
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ModelError(f"{self.path}: the package is damaged ({error}).") from error

    def model_files(self) -> dict[str, bytes]:
        """The files of `model/`, by name."""
        if not self.zipped:
            folder = self.path / "model"
            return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        prefix = f"{self.root}model/"
        try:
            with zipfile.ZipFile(self.path) as archive:
                return {
                    name[len(prefix) :]: archive.read(name)
                    for name in archive.namelist()
                    if name.startswith(prefix) and not name.endswith("/")
                }
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ModelError(f"{self.path}: the package is damaged ({error}).") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files."""
    status = path.stat()
    return _checksum(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _checksum(path: Path, changed: int, size: int) -> str:  # noqa: ARG001 - part of the key
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        if file != path:
            name = file.relative_to(path).as_posix()
            digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def check_archive(path: Path) -> str:
    """Check a zip file before anything in it is used, and return its one top folder with a slash.

    Raises:
        ModelError: It is no zip file, or it could harm whoever unpacks it: names that lead out of the
            folder, links, too many or too large files, a compression that only bombs have.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except FileNotFoundError as error:
        raise ModelError(f"{path}: there is no such file.") from error
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ModelError(f"{path}: this is not an Argos package (no readable zip file: {error}).") from error
    if len(members) > MAX_FILES:
        raise ModelError(f"{path}: refused, the package has {len(members)} files (at most {MAX_FILES}).")
    total = 0
    tops, seen = set(), set()
    for member in members:
        _check_member(path, member)
        total += member.file_size
        parts = PurePosixPath(member.filename).parts
        if len(parts) > 1 or member.is_dir():
            tops.add(parts[0])
        else:
            raise ModelError(f"{path}: refused, “{member.filename}” is not inside the package's folder.")
        key = member.filename.casefold()
        if key in seen:
            raise ModelError(f"{path}: refused, “{member.filename}” is in the package twice.")
        seen.add(key)
    if total > MAX_BYTES:
        raise ModelError(f"{path}: refused, the package unpacks to {total} bytes (at most {MAX_BYTES}).")
    if len(tops) != 1:
        raise ModelError(f"{path}: refused, an Argos package has one folder, this has {len(tops)}.")
    root = f"{tops.pop()}/"
    names = {member.filename for member in members}
    if root + "metadata.json" not in names:
        raise ModelError(f"{path}: this is not an Argos package (no metadata.json).")
    return root


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or ".." in parts
        or "\\" in name
        or "\0" in name
        or (len(name) > 1 and name[1] == ":")
        or len(name) > 1024
    ):
        raise ModelError(f"{path}: refused, the name “{name!a}” leads out of the package's folder.")
    mode = member.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        raise ModelError(f"{path}: refused, “{name}” is a link or a device.")
    if member.flag_bits & 1:
        raise ModelError(f"{path}: refused, “{name}” is encrypted.")
    if member.file_size > SMALL and member.file_size > MAX_RATIO * max(1, member.compress_size):
        raise ModelError(
            f"{path}: refused, “{name}” unpacks to {member.file_size} bytes from almost nothing."
        )
    if member.file_size > MAX_BYTES:
        raise ModelError(f"{path}: refused, “{name}” is too large ({member.file_size} bytes).")


def open_package(path: Path, origin: str = "") -> Package:
    """The package at a path, a `.argosmodel` file or a folder.

    Raises:
        ModelError: It is not a package, or not a safe one.
    """
    root = "" if path.is_dir() else check_archive(path)
    raw, content = _folder_content(path) if path.is_dir() else _archive_content(path, root)
    try:
        metadata = json.loads(raw)
    except ValueError as error:
        raise ModelError(f"{path}: its metadata.json is not JSON ({error}).") from error
    if not isinstance(metadata, dict):
        raise ModelError(f"{path}: its metadata.json is not an object.")
    if metadata.get("type", "translate") != "translate":
        raise ModelError(f"{path}: not a translation package, but of the type “{metadata['type']}”.")
    own = _own(metadata)
    if "model/model.bin" not in content:
        raise ModelError(f"{path}: the package has no model (model/model.bin).")
    if own.get("engine") != "firefox" and not content & {"sentencepiece.model", "bpe.model"}:
        raise ModelError(f"{path}: the package has neither sentencepiece.model nor bpe.model.")
    source, target = metadata.get("from_code"), metadata.get("to_code")
    if not isinstance(source, str) or not isinstance(target, str) or not source or not target:
        raise ModelError(f"{path}: its metadata.json does not name from_code and to_code.")
    languages = [str(code) for code in own.get("languages") or ()] or [ALIASES.get(source, source)]
    return Package(
        path=path,
        origin=origin,
        name=str(own.get("name") or metadata.get("name") or f"translate-{source}_{target}"),
        version=str(metadata.get("package_version") or ""),
        from_code=source,
        to_code=ALIASES.get(target, target),
        languages=tuple(dict.fromkeys(languages)),
        licence=str(own.get("licence") or metadata.get("licence") or metadata.get("license") or "not stated"),
        metadata=metadata,
        root=root,
    )


def _folder_content(path: Path) -> tuple[bytes, set[str]]:
    file = path / "metadata.json"
    if not file.is_file():
        raise ModelError(f"{path}: this is not an Argos package (no metadata.json).")
    if file.stat().st_size > MAX_METADATA:
        raise ModelError(f"{path}: refused, its metadata.json is too large.")
    return file.read_bytes(), {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}


def _archive_content(path: Path, root: str) -> tuple[bytes, set[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(root + "metadata.json").file_size > MAX_METADATA:
                raise ModelError(f"{path}: refused, its metadata.json is too large.")
            raw = archive.read(root + "metadata.json")
            return raw, {name[len(root) :] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(f"{path}: the package is damaged ({error}).") from error


def user_folder() -> Path:
    """Where `normalize models install` puts packages."""
    from platformdirs import user_data_path

    return user_data_path("normalize", appauthor=False) / "models"


def argos_folders() -> list[Path]:
    """Where Argos Translate keeps installed packages, by its own rules, without importing it.

    (Importing its settings would make folders in the user's home.)
    """
    home = Path(os.environ.get("SNAP_USER_DATA") or Path.home())
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "argos-translate"
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "argos-translate" / "settings.json"
    chosen: object = os.environ.get("ARGOS_PACKAGES_DIR")
    if not chosen:
        try:
            settings = json.loads(config.read_text(encoding="utf-8"))
            chosen = settings.get("ARGOS_PACKAGES_DIR") if isinstance(settings, dict) else None
        except (OSError, ValueError):
            chosen = None
    return [Path(str(chosen)) if chosen else data / "packages"]


def builtin_folder() -> Path:
    """The models that come with this program: in the installed package, or in a checkout."""
    here = Path(__file__).resolve().parent.parent
    inside = here / "builtin_models"
    return inside if inside.is_dir() else here.parent / "models"


def folders(models: Path | None = None) -> list[tuple[str, Path]]:
    """Where packages are looked for, in order."""
    places = [("--models", models)] if models else []
    places += [("./models", Path("models")), ("user", user_folder())]
    places += [("argos", folder) for folder in argos_folders()]
    places.append(("built-in", builtin_folder()))
    found, seen = [], set()
    for origin, folder in places:
        real = folder.resolve()
        # In a checkout `./models` is the built-in folder: say so once.
        if real in seen or (origin == "./models" and real == builtin_folder().resolve()):
            continue
        seen.add(real)
        found.append((origin, folder))
    return found


def find(models: Path | None = None, problems: list[str] | None = None) -> list[Package]:
    """All usable packages, those of earlier folders first.

    Args:
        models: What `--models` names: a folder, or one package.
        problems: Takes a message for each package that cannot be used.

    Raises:
        ModelError: `models` does not exist, or nothing in it can be used.
    """
    if models is not None and not models.exists():
        raise ModelError(f"{models}: there is no such folder of models.")
    found = []
    for origin, folder in folders(models):
        own: list[str] = []
        packages = list(_in_folder(folder, origin, own))
        if folder == models and not packages:
            reason = f": {own[0]}" if own else "."
            raise ModelError(f"{models}: no usable translation package there{reason}")
        found += packages
        if problems is not None:
            problems += own
    return found


def packages_in(folder: Path, origin: str = "") -> list[Package]:
    """The usable packages of one folder."""
    return list(_in_folder(folder, origin, []))


def _in_folder(folder: Path, origin: str, problems: list[str]) -> Iterator[Package]:
    if folder.is_file() or (folder / "metadata.json").is_file():
        candidates: Iterable[Path] = [folder]
    else:
        try:
            candidates = sorted(folder.iterdir())
        except OSError:
            return
    for path in candidates:
        if path.name.startswith("."):
            continue
        if path.suffix == SUFFIX or path == folder or (path.is_dir() and (path / "metadata.json").is_file()):
            try:
                yield open_package(path, origin)
            except (ModelError, OSError) as error:
                problems.append(str(error))


class Quality:
    """The published quality table: how good a package is for a language, by chrF on FLORES dev.

    A user's own table wins over the published one, and that over what a package says of itself.
    """

    def __init__(self, *tables: Path) -> None:
        self.rows: dict[tuple[str, str], float] = {}
        self.default = 0.0
        for table in tables:
            self._load(table)

    @classmethod
    def standard(cls, own: Path | None = None) -> Quality:
        """The published table, the user's (`quality.toml` in the configuration folder), and `own`."""
        from platformdirs import user_config_path

        tables = [Path(__file__).with_name("quality.toml")]
        tables.append(user_config_path("normalize", appauthor=False) / "quality.toml")
        if chosen := os.environ.get("NORMALIZE_QUALITY"):
            tables.append(Path(chosen))
        tables = [table for table in tables if table.is_file()]
        return cls(*tables, *([own] if own else []))

    def _load(self, table: Path) -> None:
        try:
            data = load_toml(table)
            self.default = float(data.get("unknown", {}).get("chrf", self.default))
            for name, languages in data.get("packages", {}).items():
                for lang, figures in languages.items():
                    self.rows[name, lang] = float(figures["chrf"])
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise ModelError(f"{table}: not a usable quality table ({error!r}).") from error

    def of(self, package: Package, lang: str) -> float:
        """ChrF of a package for a language; for one that nobody measured, the table's `unknown`."""
        measured = self.measured(package, lang)
        return self.default if measured is None else measured

    def measured(self, package: Package, lang: str) -> float | None:
        """ChrF of a package for a language, None where nobody measured it."""
        for name in (package.id, package.name):
            if (name, lang) in self.rows:
                return self.rows[name, lang]
        figures = package.own.get("quality")
        if isinstance(figures, dict):
            figure = figures.get(lang)
            if isinstance(figure, dict):
                figure = next((figure[key] for key in figure if "chrf" in key.casefold()), None)
            if isinstance(figure, (int, float)):
                return float(figure)
        return None


def route(packages: Sequence[Package], lang: str, quality: Quality, target: str = "en") -> list[Package]:
    """The best packages to go from a language to English: one, or several where none is direct.

    The best direct package is taken; of equals, the one found first. Only without any, the shortest
    chain of at most three packages is used.
    """
    direct = [p for p in packages if p.to_code == target and lang in p.languages]
    if direct:
        return [max(direct, key=lambda p: quality.of(p, lang))]
    chains: list[list[Package]] = [[p] for p in packages if lang in p.languages]
    for _ in range(2):
        longer = []
        for chain in chains:
            for package in packages:
                if chain[-1].to_code in package.languages and package.to_code != lang:
                    if package.to_code == target:
                        return [*chain, package]
                    if all(package.to_code != step.to_code for step in chain):
                        longer.append([*chain, package])
        chains = longer
    return []
