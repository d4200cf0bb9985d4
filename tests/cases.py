"""Test cases that are data: a folder per step, a file per kind.

Kinds: `in_the_wild` (seen in real documents), `negative` (must stay as it is), `synthetic` (made to try
one thing), `known_failures` (wrong today; a test notices when one starts to work). Each case has a label,
the original and what is expected; a comment where the label does not say it all.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


def cases(step: str) -> list[Any]:
    """All cases of a step, as parameters; known failures as strict expected failures."""
    return list(_cases(HERE / step))


def _cases(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            if path.stem == "negative":
                case["expected"] = case["original"]
            failing = path.stem == "known_failures"
            marks = (
                [pytest.mark.xfail(strict=True, reason=case.get("comment", "known failure"))]
                if failing
                else []
            )
            yield pytest.param(case, id=f"{path.stem}: {case['label']}", marks=marks)
