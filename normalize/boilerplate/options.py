"""What a user can steer, and what the step answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from normalize.document import Category, Metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from normalize.document import Removal

CATEGORIES: frozenset[str] = frozenset(get_args(Category))


@dataclass(frozen=True)
class BoilerplateOptions:
    """What to leave in, what to take out besides, and rules by site.

    Attributes:
        keep: Categories that are never removed.
        drop_files: Pattern files of the user's own, in the format of `normalize/boilerplate/patterns/`.
        site_rules: Tables `[[site]]` of `normalize.toml`, each with `match` (a glob over the document's
            path), `drop` (regular expressions; a line that one matches as a whole goes) and `keep`
            (categories, or regular expressions for lines that stay). The first table that matches counts.
    """

    keep: frozenset[str] = frozenset()
    drop_files: Sequence[str | Path] = ()
    site_rules: Sequence[object] = ()


@dataclass(slots=True)
class Verdict:
    """What was found in one document.

    Attributes:
        removals: In order and disjoint, one per line or part of a line.
        metadata: Title, date and author: what the format gave, completed from the text.
        flags: `kept-whole` when too little would have been left.
        title_range: Text offsets of the line (or two) that states the title, which stands in the text
            as a heading; None if the text has none.
    """

    removals: list[Removal] = field(default_factory=list)
    metadata: Metadata = field(default_factory=Metadata)
    flags: list[str] = field(default_factory=list)
    title_range: tuple[int, int] | None = None
