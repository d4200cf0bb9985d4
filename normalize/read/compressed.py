"""Bytes of a file, unpacked if they are compressed, within limits."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from normalize.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

# A document is text that people wrote. What is larger is a database dump, or an attack.
LARGEST_FILE = 512 * 2**20
# gzip packs English text about 3 times, the most monotonous log some 100 times. The limit counts
# only once the result is large enough to hurt.
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 32 * 2**20
_CHUNK = 2**20


def read_bytes(path: Path) -> bytes:
    """The content of a file; of a `.gz`, what is packed in it.

    Raises:
        InputError: The file cannot be read, is too large, or its compression is broken.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(f"the file is larger than {LARGEST_FILE >> 20} MiB: split it")
        if path.suffix.lower() != ".gz":
            return path.read_bytes()
        return _unpacked(path, size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(_reason(error)) from error


def _unpacked(path: Path, size: int) -> bytes:
    parts, total = [], 0
    with gzip.open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            total += len(chunk)
            if total > LARGEST_FILE or (total > RATIO_COUNTS_FROM and total > size * LARGEST_RATIO):
                raise InputError("the compressed file unpacks to far more than text does: not read")
            parts.append(chunk)
    return b"".join(parts)


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file vanished before it was read"
    if isinstance(error, PermissionError):
        return "no permission to read the file"
    if isinstance(error, IsADirectoryError):
        return "a folder stands where a file is expected"
    if isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile)):
        return "the gzip compression is broken"
    return (error.strerror if isinstance(error, OSError) else None) or "the file cannot be read"
