"""Language identification: every stretch of a text that is not English, and its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from normalize.document import Span

__all__ = ["identify", "identify_language", "language_shares"]


def identify(text: str, *, languages: frozenset[str] | None = None) -> list[Span]:
    """Find every stretch of `text` that is not English.

    Args:
        text: Any text.
        languages: Only these languages may be reported (codes as in `Span.lang`); all when None.

    Returns:
        Spans in order, without overlap.
    """
    from normalize.identify.spans import identify_spans

    return identify_spans(text, languages)


def identify_language(text: str) -> tuple[str, str, float]:
    """Language, script and confidence of a text that is all in one language.

    A text without letters is `("und", "Zyyy", 0.0)`.
    """
    from normalize.identify.spans import identify_whole

    return identify_whole(text)


def language_shares(text: str, spans: Iterable[Span]) -> dict[str, int]:
    """Letters by language, most first; what no span covers is English."""
    from normalize.identify.spans import count_letters

    return count_letters(text, spans)
