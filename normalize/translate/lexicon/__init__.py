"""Word lists, made from aligned sentences by `evaluation/lexicon.py`: what single words mean most often.

They help where a translation model is weakest, with words that stand alone, and in recognising English
that says the same as a foreign text. See NOTICE.md beside this file for where the words come from.
"""

from __future__ import annotations

import lzma
from functools import lru_cache
from pathlib import Path

from normalize.translate.data import load_toml
from normalize.translate.letters import to_latin

_FILES = {"sr": "sr", "hr": "sr", "bs": "sr", "me": "sr", "cnr": "sr", "ru": "ru", "uk": "uk", "bg": "bg"}


@lru_cache(maxsize=16)
def _words(name: str) -> dict[str, tuple[tuple[str, float], ...]]:
    path = Path(__file__).with_name(f"{name}.tsv.xz")
    if not path.is_file():
        return {}
    found: dict[str, list[tuple[str, float]]] = {}
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        for row in rows:
            word, english, score = row.rstrip("\n").split("\t")
            found.setdefault(word, []).append((english, float(score)))
    for english, forms in load_toml(Path(__file__).with_name("calendar.toml")).get(name, {}).items():
        for form in forms:
            found[form] = [(english.capitalize(), 1.0)]
    return {word: tuple(rows) for word, rows in found.items()}


def translations(word: str, lang: str) -> tuple[tuple[str, float], ...]:
    """English words for a word form, the likeliest first, with how sure each is (0 to 1)."""
    name = _FILES.get(lang)
    if name is None:
        return ()
    return _words(name).get(to_latin(word), ())
