"""Translation into English that never fails silently.

`Translation` is what the rest of the program calls; `Translator` is what a third party implements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normalize.translate.translator import (
    PLAIN,
    Attempt,
    Hypothesis,
    ModelInfo,
    TranslateOptions,
    Translator,
)

if TYPE_CHECKING:
    from normalize.translate.service import LineResult, Translation

__all__ = [
    "PLAIN",
    "Attempt",
    "Hypothesis",
    "LineResult",
    "ModelInfo",
    "TranslateOptions",
    "Translation",
    "Translator",
]


def __getattr__(name: str) -> object:
    """Import the machinery only when it is used: `normalize --help` must not wait for it."""
    if name in {"LineResult", "Translation"}:
        from normalize.translate import service

        return getattr(service, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
