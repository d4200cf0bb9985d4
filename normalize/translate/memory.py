"""The translation memory: no sentence is translated twice, whichever run or process saw it first.

A row's key is a digest of the model's checksum, the settings and the source; its value is what the model
said, before anything was put back or repaired. So a new model, or another setting, never meets the rows
of an old one, and better checks apply to remembered sentences too.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from normalize.translate.translator import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS translation (key BLOB PRIMARY KEY, text TEXT NOT NULL, score REAL) WITHOUT ROWID;
"""
_MANY = 500


def default_path() -> Path:
    """Where the memory is kept unless told otherwise."""
    from platformdirs import user_cache_path

    return user_cache_path("normalize", appauthor=False) / "memory.sqlite"


def key(model: str, settings: str, source: str) -> bytes:
    """The key of a sentence for a model, known by its checksum, and its settings."""
    return hashlib.blake2b(
        f"{model}\0{settings}\0{source}".encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


class Memory:
    """A file of translations, safe to share between threads and processes.

    It is only ever a help: a file that is damaged is put aside and made anew, one that cannot be used
    at all is done without, each with one warning.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._given_up = False

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["path"])  # type: ignore[misc]

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Hypothesis]:
        """The translations that are known."""
        found: dict[bytes, Hypothesis] = {}
        with self._use() as connection:
            if connection is None:
                return found
            for part in _parts(keys):
                marks = ",".join("?" * len(part))
                query = f"SELECT key, text, score FROM translation WHERE key IN ({marks})"  # noqa: S608 - only marks
                for row in connection.execute(query, part):
                    found[bytes(row[0])] = Hypothesis(row[1], row[2])
        return found

    def put(self, rows: Mapping[bytes, Hypothesis]) -> None:
        """Remember translations."""
        with self._use() as connection:
            if connection is None or not rows:
                return
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO translation VALUES (?, ?, ?)",
                    [(k, _storable(h.text), h.score) for k, h in rows.items()],
                )

    def count(self) -> int:
        """How many translations are known."""
        with self._use() as connection:
            if connection is None:
                return 0
            return int(connection.execute("SELECT count(*) FROM translation").fetchone()[0])

    def clear(self) -> int:
        """Forget everything, and return how many translations that were."""
        count = self.count()
        self.close()
        with self._guard:
            for path in _files(self.path):
                path.unlink(missing_ok=True)
        return count

    def close(self) -> None:
        """Close the file. The memory opens it again when it is used."""
        with self._guard:
            self._close()

    def _close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection | None]:
        with self._guard:
            try:
                connection = self._open()
            except (sqlite3.Error, OSError) as error:
                self._give_up(error)
                connection = None
            try:
                yield connection
            except sqlite3.DatabaseError as error:
                # Damaged in the middle, a full disk, a lock held for long: this run goes on without.
                self._close()
                if _damaged(error):
                    self._set_aside(error)
                else:
                    self._give_up(error)

    def _open(self) -> sqlite3.Connection | None:
        if self._given_up:
            return None
        if self._connection is not None and self._process == os.getpid():
            return self._connection
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = self._connect()
        except sqlite3.DatabaseError as error:
            if not _damaged(error):
                raise
            self._set_aside(error)
            connection = self._connect()
        self._connection, self._process = connection, os.getpid()
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
                raise sqlite3.DatabaseError("file is not a database of this version")
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("SELECT key, text, score FROM translation LIMIT 1").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, error: Exception) -> None:
        log.warning("%s: the translation memory is damaged (%s); a new one is begun.", self.path, error)
        for path in _files(self.path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _give_up(self, error: Exception) -> None:
        if not self._given_up:
            log.warning("%s: the translation memory cannot be used (%s); going on without.", self.path, error)
        self._given_up = True


def _files(path: Path) -> list[Path]:
    return [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]


def _damaged(error: Exception) -> bool:
    text = str(error)
    return any(
        sign in text
        for sign in ("not a database", "malformed", "no such column", "disk image", "no such table")
    )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _parts(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    every = list(dict.fromkeys(keys))
    for start in range(0, len(every), _MANY):
        yield every[start : start + _MANY]
