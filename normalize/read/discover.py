"""Which files of a folder are documents."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from normalize.errors import CannotStartError, UsageError
from normalize.read import format_of


class Found(NamedTuple):
    """An input file, or the reason why it is none."""

    path: Path
    relative: str
    problem: str | None = None


def check(raw: Path, clean: Path) -> None:
    """Refuse what would eat its own output or destroy its own input.

    Raises:
        CannotStartError: There is no such input.
        UsageError: The output lies inside the input, or the input inside the output.
    """
    if str(raw) == "-":
        raise UsageError("'run' converts files; for standard input there is 'normalize filter'")
    if not raw.exists():
        raise CannotStartError(f"{raw}: no such file or folder")
    source, target = raw.resolve(), clean.resolve()
    if source == target or (raw.is_dir() and source in target.parents):
        raise UsageError(f"{clean}: the output folder lies inside the input folder; choose one outside {raw}")
    if target in source.parents and raw.is_dir():
        raise UsageError(
            f"{raw}: the input folder lies inside the output folder {clean}; choose another output"
        )
    if clean.exists() and not clean.is_dir():
        raise UsageError(f"{clean}: the output must be a folder, and this is a file")


def discover(raw: Path) -> list[Found]:
    """All files below a folder that can be read, in order of their names; or the one file given.

    Hidden files and folders are left alone. A symbolic link is followed only to a place inside the
    input; any other is reported, not read. Files of other kinds are not documents and not mentioned.
    """
    if not raw.is_dir():
        return [Found(raw, raw.name)]
    root = raw.resolve()
    found: list[Found] = []

    def unreadable(error: OSError) -> None:
        path = Path(error.filename or raw)
        found.append(
            Found(
                path, path.relative_to(raw).as_posix(), f"no permission to read the folder ({error.strerror})"
            )
        )

    for folder, folders, files in os.walk(raw, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith(".") or format_of(name) is None:
                continue
            path = Path(folder) / name
            relative = path.relative_to(raw).as_posix()
            problem = None
            if path.is_symlink() and root not in path.resolve().parents:
                problem = "a symbolic link that leads out of the input folder: not followed"
            elif not path.is_file() and not path.is_symlink():
                problem = "neither a file nor a folder"
            found.append(Found(path, relative, problem))
    return sorted(found, key=lambda item: item.relative)
