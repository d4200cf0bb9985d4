"""Turn scraped, mixed-language, cluttered documents into clean, uniform English ones, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Normalizer", "Result", "__version__"]

if TYPE_CHECKING:
    from normalize.pipeline import Normalizer, Result


def __getattr__(name: str) -> object:
    """Import the pipeline only when it is asked for, so that `normalize --help` stays quick."""
    if name in {"Normalizer", "Result"}:
        from normalize import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
