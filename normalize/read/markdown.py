"""Front matter of Markdown documents, our own output among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from normalize.document import FRONT_MATTER, Repair

if TYPE_CHECKING:
    from normalize.document import Document

_FRONT_MATTER = regex.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", regex.S | regex.M)
_LONGEST = 20_000


def front_matter(document: Document) -> None:
    """Take YAML front matter for what it is: metadata, not text.

    It leaves the text before any other step sees it, and stands in the ledger of what was removed.
    """
    match = _FRONT_MATTER.search(document.source, 0, _LONGEST)
    if not match:
        return
    import yaml

    try:
        values = yaml.safe_load(match.group(1))
    except yaml.YAMLError:
        return
    if not isinstance(values, dict):
        return
    for name in ("title", "date", "author"):
        if values.get(name) is not None and not isinstance(values[name], (dict, list)):
            setattr(document.metadata, name, str(values[name]))
    document.repairs.append(Repair(0, match.end(), match.group(), "", FRONT_MATTER))
