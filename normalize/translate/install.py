"""Getting models: the only place in the program that opens a network connection.

Whatever comes in is checked before it takes its place among the installed models, and takes it in one
step: a reader sees the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from normalize.errors import ModelError, UsageError
from normalize.translate.packages import (
    ALIASES,
    MAX_BYTES,
    SUFFIX,
    Package,
    checksum,
    find,
    open_package,
    user_folder,
)

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
RECORD = "installed.json"
_TIMEOUT = 60.0
_BLOCK = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """A package that is not as it should be."""

    path: Path
    message: str


def install(
    what: str, *, sha256: str | None = None, folder: Path | None = None, progress: Progress | None = None
) -> Package:
    """Install a package from a file, a URL, or by its language from the Argos index.

    Args:
        what: Path of a `.argosmodel` file, an address, or a language code.
        sha256: What the file's checksum has to be.
        folder: Where to; the user's folder of models if None.
        progress: Told of bytes done and bytes in all (0 if unknown).

    Raises:
        ModelError: The package cannot be had, or is not to be trusted.
        UsageError: `what` is none of the three.
    """
    if urlsplit(what).scheme in {"http", "https"}:
        return install_url(what, sha256=sha256, folder=folder, progress=progress)
    path = Path(what)
    if path.suffix == SUFFIX or path.is_file():
        return install_file(path, sha256=sha256, folder=folder)
    if what.isascii() and what.replace("-", "").isalpha() and 2 <= len(what) <= 8:
        return install_language(what.lower(), folder=folder, progress=progress)
    raise UsageError(f"“{what}” is neither a {SUFFIX} file, nor a URL, nor a language code.")


def install_file(
    path: Path, *, sha256: str | None = None, folder: Path | None = None, source: str | None = None
) -> Package:
    """Check a package file and put a copy of it among the installed ones."""
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file.")
    target = folder or user_folder()
    with _staged(target) as staging:
        copy = staging / "package"
        try:
            with path.open("rb") as stream, copy.open("wb") as out:
                shutil.copyfileobj(stream, out, _BLOCK)
                _to_disk(out)
        except OSError as error:
            raise ModelError(f"{path}: cannot be copied to {target} ({error.strerror}).") from error
        # The copy is checked, not the original: nobody can exchange it in between.
        package = open_package(copy, "user")
        found = checksum(copy)
        if sha256 and found != sha256.lower():
            raise ModelError(f"{path}: refused, its SHA-256 is {found}, not {sha256.lower()}.")
        _test(copy)
        final = target / _file_name(package)
        copy.replace(final)
    _record(target, final.name, {"sha256": found, "source": source or str(path.resolve())})
    return open_package(final, "user")


def install_url(
    url: str, *, sha256: str | None = None, folder: Path | None = None, progress: Progress | None = None
) -> Package:
    """Download a package, check it and install it."""
    target = folder or user_folder()
    with _staged(target) as staging:
        path = staging / ("download" + SUFFIX)
        download(url, path, progress=progress)
        try:
            return install_file(path, sha256=sha256, folder=target, source=url)
        except ModelError as error:
            raise ModelError(str(error).replace(str(path), url)) from error


def install_language(
    code: str, *, folder: Path | None = None, progress: Progress | None = None, index: str | None = None
) -> Package:
    """Install the package from a language to English that the Argos index has."""
    entry = choose(read_index(index), code)
    links = [link for link in entry.get("links", ()) if urlsplit(str(link)).scheme in {"http", "https"}]
    if not links:
        raise ModelError(f"The Argos index has no address for its package from “{code}”.")
    # The first that works; what the last one says is told if none does.
    for link in links[:-1]:
        with contextlib.suppress(ModelError):
            return install_url(str(link), sha256=entry.get("sha256"), folder=folder, progress=progress)
    return install_url(str(links[-1]), sha256=entry.get("sha256"), folder=folder, progress=progress)


def choose(index: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """The newest entry of the index from a language to English.

    Raises:
        ModelError: It has none.
    """
    wanted = {code, *(alias for alias, usual in ALIASES.items() if usual == code)}
    entries = [
        entry
        for entry in index
        if entry.get("from_code") in wanted
        and entry.get("to_code") == "en"
        and entry.get("type", "translate") == "translate"
    ]
    if not entries:
        codes = sorted({str(e.get("from_code")) for e in index if e.get("to_code") == "en"})
        raise ModelError(
            f"The Argos index has no package from “{code}” to English. It has: {', '.join(codes)}. "
            "Other models can be installed from a file or a URL, see `normalize models install --help`."
        )
    return max(
        entries, key=lambda e: (e.get("from_code") == code, _version(str(e.get("package_version", ""))))
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))


def read_index(url: str | None = None) -> list[dict[str, Any]]:
    """The Argos index, from its address or what ARGOS_PACKAGE_INDEX says."""
    base = os.environ.get("ARGOS_PACKAGE_INDEX")
    address = url or (base.rstrip("/") + "/index.json" if base else INDEX)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.json"
        download(address, path, limit=32 * 1024**2)
        try:
            data = json.loads(path.read_bytes())
        except ValueError as error:
            raise ModelError(f"{address}: this is not an index of packages ({error}).") from error
    if not isinstance(data, list):
        raise ModelError(f"{address}: this is not an index of packages.")
    return [entry for entry in data if isinstance(entry, dict)]


def download(url: str, path: Path, *, limit: int = MAX_BYTES, progress: Progress | None = None) -> None:
    """Write what an address gives to a file.

    Raises:
        ModelError: It gives nothing, or too much.
    """
    from http.client import HTTPException
    from urllib.request import Request, urlopen

    if urlsplit(url).scheme not in {"http", "https"}:
        raise UsageError(f"{url}: only http and https addresses can be downloaded.")
    try:
        request = Request(url, headers={"User-Agent": "normalize"})  # noqa: S310 - the scheme is checked above
        with urlopen(request, timeout=_TIMEOUT) as response, path.open("wb") as out:  # noqa: S310
            total = int(response.headers.get("Content-Length") or 0)
            if total > limit:
                raise ModelError(f"{url}: refused, {total} bytes are too many (at most {limit}).")
            done = 0
            while block := response.read(_BLOCK):
                done += len(block)
                if done > limit:
                    raise ModelError(f"{url}: refused, more than {limit} bytes.")
                out.write(block)
                if progress:
                    progress(done, total)
            if total and done != total:
                raise ModelError(f"{url}: the download broke off after {done} of {total} bytes.")
            _to_disk(out)
    except (OSError, HTTPException, ValueError) as error:
        raise ModelError(f"{url}: cannot be downloaded ({error}).") from error


def install_firefox(code: str, *, files: Path | None = None, folder: Path | None = None) -> Package:
    """Install a Firefox Translations model from a language to English.

    Args:
        code: Language.
        files: A folder with the model's files, as Firefox or `fxtranslate` keep them; None to download
            them through `fxtranslate`.
        folder: Where to; the user's folder of models if None.

    Raises:
        ModelError: The extra `firefox` is not installed, or the files are not a model.
    """
    from normalize.translate.firefox import gather, load

    target = folder or user_folder()
    with _staged(target) as staging:
        source = files
        if source is None:
            source = _fetch_firefox(code, staging)
        staged = staging / "package"
        (staged / "model").mkdir(parents=True)
        for name, data in gather(source, code).items():
            (staged / "model" / name).write_bytes(data)
        metadata = {
            "type": "translate",
            "from_code": code,
            "to_code": "en",
            "package_version": "",
            "normalize": {
                "engine": "firefox",
                "name": f"firefox-{code}_en",
                "licence": "MPL-2.0",
                "languages": [code],
            },
        }
        (staged / "metadata.json").write_text(json.dumps(metadata, indent=2), encoding="utf-8")
        package = open_package(staged, "user")
        load(package)  # a model that cannot be loaded is not installed
        final = target / package.name
        old = staging / "old"
        if final.exists():
            final.rename(old)
        staged.rename(final)
    package = open_package(final, "user")
    where = str(files.resolve()) if files else "fxtranslate"
    _record(target, final.name, {"sha256": package.sha256, "source": where})
    return package


def _fetch_firefox(code: str, staging: Path) -> Path:
    from normalize.translate.firefox import engine

    cache = staging / "fxtranslate"
    try:
        route = engine().discovery.add_models(code, "en", cache_dir=str(cache), progress=False)
    except ValueError as error:
        raise ModelError(
            f"No Firefox model from “{code}” to English could be downloaded ({error})."
        ) from error
    if route.get("kind") != "direct":
        raise ModelError(f"There is no direct Firefox model from “{code}” to English.")
    return cache / f"{code}-en"


def remove(name: str, folder: Path | None = None) -> Path:
    """Remove an installed package, by its name, file name or path. Only the user's own can be removed."""
    target = folder or user_folder()
    found = [p for p in _installed(target) if name in {p.name, p.id, p.path.name, str(p.path)}]
    if not found:
        others = [p for p in find() if name in {p.name, p.id, p.path.name, str(p.path)}]
        if others:
            raise ModelError(
                f"{others[0].path}: not installed by `normalize models install`; remove it where it is."
            )
        raise ModelError(f"“{name}” is not installed. See `normalize models list`.")
    path = found[0].path
    # Out of sight first: a folder cannot be deleted in one step.
    if path.is_dir():
        gone = path.with_name(f".{path.name}.removed")
        path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    else:
        path.unlink()
    _record(target, path.name, None)
    return path


def verify(packages: list[Package], folder: Path | None = None) -> Iterator[tuple[Package, str | None]]:
    """Check packages again, as on the day they came: yields each with None, or what is wrong."""
    known = records(folder or user_folder())
    sums = _published_sums()
    for package in packages:
        yield package, _verified(package, known, sums)


def _verified(package: Package, known: dict[str, Any], sums: dict[str, str]) -> str | None:
    try:
        open_package(package.path)
        if package.zipped:
            _test(package.path)
        found = package.sha256
    except (ModelError, OSError) as error:
        return str(error)
    expected = None
    if package.origin == "user":
        expected = known.get(package.path.name, {}).get("sha256")
    elif package.origin == "built-in":
        expected = sums.get(package.path.name)
    if expected and expected != found:
        return f"{package.path}: changed since it was installed (SHA-256 {found}, not {expected})."
    try:
        from normalize.translate.engine import load

        load(package, threads=1)
    except ModelError as error:
        return str(error)
    return None


def _published_sums() -> dict[str, str]:
    """Checksums beside the built-in models, as `sha256sum` writes them."""
    from normalize.translate.packages import builtin_folder

    try:
        lines = (builtin_folder() / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    rows = [line.split(maxsplit=1) for line in lines if line.strip()]
    return {row[1].lstrip("*").strip(): row[0] for row in rows if len(row) == 2}


def records(folder: Path | None = None) -> dict[str, Any]:
    """What was installed into a folder: checksum and source by file name."""
    try:
        data = json.loads(((folder or user_folder()) / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _installed(folder: Path) -> list[Package]:
    from normalize.translate.packages import packages_in

    return packages_in(folder, "user")


def _record(folder: Path, name: str, entry: dict[str, str] | None) -> None:
    known = records(folder)
    known.pop(name, None)
    if entry is not None:
        known[name] = entry
    path = folder / RECORD
    temporary = path.with_name(f".{RECORD}.{os.getpid()}")
    temporary.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def _file_name(package: Package) -> str:
    safe = "".join(
        c if c.isalnum() or c in "-_." else "_" for c in f"{package.name}-{package.version or '0'}"
    )
    return safe.lstrip(".") + SUFFIX


def _test(path: Path) -> None:
    """Read every file of a package, so that damage shows now and not in the middle of a run."""
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip()
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(f"{path}: the package is damaged ({error}).") from error
    if bad:
        raise ModelError(f"{path}: the package is damaged (“{bad}” does not match its checksum).")


@contextlib.contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A place in the same file system for what is not yet installed; gone afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder))
    except OSError as error:
        raise ModelError(f"{folder}: models cannot be installed there ({error.strerror}).") from error
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _to_disk(stream: Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())
