"""The documents of a file that a command is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from normalize.document import Document


def documents(path: Path, field: str) -> Iterator[Document]:
    """One document of a file or of standard input (`-`); of a `.jsonl`, one for each row.

    Raises:
        InputError: The file or a row of it cannot be read.
    """
    from normalize.read import document_of, format_of, read_file, read_rows

    if str(path) == "-":
        from normalize.cli.console import read_standard_input

        yield document_of(read_standard_input(), "-", "txt")
    elif format_of(path.name) == "jsonl":
        from normalize.batch import document_of_row

        for number, line in read_rows(path):
            yield document_of_row(line, number, path.as_posix(), field)[1]
    else:
        yield read_file(path, path.as_posix())
