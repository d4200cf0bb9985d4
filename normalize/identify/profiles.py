"""langdetect, with profiles for the languages it lacks.

`profiles/` holds them in langdetect's own format (made by `training/profiles.py`); they are loaded together
with its own by its own mechanism (`DetectorFactory.load_json_profile`). Its `Detector` draws random numbers
to smooth its estimate; the profiles are read here without that, as the plain naive Bayes sum over all n-grams
(S. Nakatani, *Language Detection Library for Java*, 2010), so that the same text gives the same answer.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Traversable

_ALIASES = {"nb": ("no",), "zh": ("zh-cn", "zh-tw"), "sr": ("sr", "sr-Latn")}
"""Our code → the names of langdetect's profiles and ours, where they differ."""
_FLOOR = 5e-5
"""Probability of an n-gram that a profile lacks."""


@lru_cache(maxsize=1)
def _files() -> dict[str, Traversable]:
    found = {entry.name: entry for entry in (files("langdetect") / "profiles").iterdir()}
    for entry in (files(__package__) / "profiles").iterdir():
        if entry.name.endswith(".json"):
            found[entry.name.removesuffix(".json")] = entry
    return found


def profile_names(languages: tuple[str, ...]) -> list[str]:
    """The profiles there are for these languages."""
    names = [name for language in languages for name in _ALIASES.get(language, (language,))]
    return [name for name in names if name in _files()]


@lru_cache(maxsize=128)
def factory(languages: tuple[str, ...]) -> Any:
    """A langdetect factory that knows these languages."""
    from langdetect.detector_factory import DetectorFactory

    made = DetectorFactory()
    made.set_seed(0)
    made.load_json_profile([_files()[name].read_text("utf-8") for name in profile_names(languages)])
    return made


def scores(text: str, languages: tuple[str, ...]) -> dict[str, float]:
    """Log-likelihood of a text under each language's profile, divided by the root of the n-grams' number.

    Languages without a profile are left out; with fewer than two profiles nothing is said.
    """
    if len(profile_names(languages)) < 2:
        return {}
    from langdetect.utils.ngram import NGram

    made = factory(languages)
    table: dict[str, list[float]] = made.word_lang_prob_map
    names: list[str] = made.langlist
    sums = [0.0] * len(names)
    seen = 0
    gram = NGram()
    for char in NGram.normalize_vi(text):
        gram.add_char(char)
        for size in (1, 2, 3):
            piece = gram.get(size)
            if piece and piece in table:
                seen += 1
                for index, probability in enumerate(table[piece]):
                    sums[index] += math.log(probability + _FLOOR)
    scale = math.sqrt(seen or 1)
    result: dict[str, float] = {}
    back = {name: language for language in languages for name in _ALIASES.get(language, (language,))}
    for name, total in zip(names, sums, strict=True):
        language = back[name]
        result[language] = max(result.get(language, -math.inf), total / scale)
    return result
