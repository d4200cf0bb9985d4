"""`models.lock`: which models a run used, so that another machine can do the same.

A TOML file that lists packages by name, version and checksum. With a lock, no other packages are used,
and one that is missing is named before anything is translated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from normalize.errors import ModelError
from normalize.toml import load_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from normalize.translate.packages import Package

NAME = "models.lock"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of a lock."""

    name: str
    version: str
    sha256: str
    languages: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """The packages that may be used."""

    path: Path
    models: tuple[Locked, ...]

    def select(self, packages: Iterable[Package]) -> list[Package]:
        """The locked packages among those found, found by their checksums.

        Raises:
            ModelError: One of them is not installed, or is not the same file.
        """
        found = list(packages)
        names = {locked.name for locked in self.models}
        by_sum: dict[str, Package] = {}
        for package in found:
            if package.name in names:
                by_sum.setdefault(package.sha256, package)
        missing = [locked for locked in self.models if locked.sha256 not in by_sum]
        if missing:
            raise ModelError(f"{self.path}: " + "; ".join(_missing(locked, found) for locked in missing))
        return [by_sum[locked.sha256] for locked in self.models]


def _missing(locked: Locked, found: Sequence[Package]) -> str:
    where = f" Get it with: normalize models install {locked.source}" if locked.source else ""
    others = [package for package in found if package.name == locked.name]
    if others:
        return f"{locked.name}@{locked.version} is locked, but {others[0].path} is another file.{where}"
    return f"{locked.name}@{locked.version} is locked, but not installed.{where}"


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Raises:
        ModelError: There is none, or it is not one.
    """
    try:
        data = load_toml(path)
        if data.get("schema") != SCHEMA:
            raise ModelError(f"{path}: not a lock of schema {SCHEMA}.")
        return Lock(
            path,
            tuple(
                Locked(
                    str(row["name"]),
                    str(row["version"]),
                    str(row["sha256"]),
                    tuple(str(code) for code in row.get("languages", ())),
                    str(row.get("source", "")),
                )
                for row in data.get("model", ())
            ),
        )
    except OSError as error:
        raise ModelError(f"{path}: the lock cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: the lock is damaged ({error!r}).") from error


def lock_text(packages: Iterable[Package], sources: dict[str, str]) -> str:
    """A lock of packages. `sources` tells for a checksum where the package was installed from."""
    lines = [
        "# Which translation models this work uses: these and no others. Made by `normalize models lock`.",
        f"schema = {SCHEMA}",
    ]
    for package in packages:
        lines += [
            "",
            "[[model]]",
            f"name = {_quoted(package.name)}",
            f"version = {_quoted(package.version)}",
            f"sha256 = {_quoted(package.sha256)}",
            f"languages = [{', '.join(_quoted(code) for code in package.languages)}]",
        ]
        if source := sources.get(package.sha256):
            lines.append(f"source = {_quoted(source)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, save for the characters that JSON leaves bare.
    return json.dumps(text).replace("\x7f", "\\u007f")
