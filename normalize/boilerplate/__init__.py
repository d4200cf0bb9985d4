"""Clutter out, the article whole: which stretches of a document are not part of it, and why.

Four kinds of evidence, each in a module of its own:

* `patterns`: what navigation, disclaimers, share lines … say, by category and language, as data;
* `repetition`: a line in many documents of a run is furniture, a passage said twice stays once;
* `classifier`: a small trained model over the shape of a line and of its neighbours;
* `structure`: where the article begins and ends, separators, the tail below the comments.

`finder` weighs them, with a bias: a lost line of the article is worse than ten lines of clutter kept.
Nothing is loaded before the first document is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["BoilerplateFinder", "BoilerplateOptions", "LineRepetition", "Verdict"]

if TYPE_CHECKING:
    from normalize.boilerplate.finder import BoilerplateFinder
    from normalize.boilerplate.options import BoilerplateOptions, Verdict
    from normalize.boilerplate.repetition import LineRepetition

_HOMES = {
    "BoilerplateFinder": "finder",
    "BoilerplateOptions": "options",
    "LineRepetition": "repetition",
    "Verdict": "options",
}


def __getattr__(name: str) -> object:
    """Import a module only when something of it is asked for."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
