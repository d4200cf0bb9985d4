"""Word lists, made from aligned sentences by `evaluation/lexicon.py`: what single words mean most often.

They help where a translation model is weakest, with words that stand alone, and in recognising English
that says the same as a foreign text. See NOTICE.md beside this file for where the words come from.
"""

from __future__ import annotations

import lzma
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from normalize.toml import load_toml
from normalize.translate.letters import to_latin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_FILES = {
    "sr": "sr",
    "hr": "sr",
    "bs": "sr",
    "me": "sr",
    "cnr": "sr",
    "ru": "ru",
    "uk": "uk",
    "bg": "bg",
    "zh": "zh",
}
_WORD = regex.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HAN = regex.compile(r"\p{Han}{2,}")


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


def words(text: str) -> list[str]:
    """The words of a text as the lists spell them: in Latin letters; of Chinese, all pairs of characters."""
    found = []
    for word in _WORD.findall(to_latin(text)):
        runs = _HAN.findall(word)
        if runs:
            found += [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
        else:
            found.append(word)
    return found


def coverage(source: str, english: Collection[str], lang: str, stem: Callable[[str], str]) -> tuple[int, int]:
    """How many of the source's words the list knows, and of how many the English has a translation.

    Args:
        source: A text.
        english: Stems of the English words.
        lang: Language of the source.
        stem: What made the stems.
    """
    known = hit = 0
    for word in dict.fromkeys(_chinese(source) if lang == "zh" else words(source)):
        meanings = {stem(meaning.casefold()) for meaning, _ in _meanings(word, lang)}
        if meanings:
            known += 1
            hit += not meanings.isdisjoint(english)
    return known, hit


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, tuple[tuple[str, float], ...]]:
    """Words of Chinese, from CC-CEDICT; every meaning counts alike."""
    found = {}
    path = Path(__file__).with_name("zh-cedict.tsv.xz")
    if not path.is_file():
        return {}
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        for row in rows:
            word, meanings = row.rstrip("\n").split("\t")
            found[word] = tuple((meaning, 0.5) for meaning in meanings.split(" "))
    return found


def _chinese(text: str) -> list[str]:
    """The words of Chinese text, the longest that the dictionary has at each place."""
    known, found = _dictionary(), []
    for match in _HAN.finditer(text):
        run, at = match.group(), 0
        while at < len(run) - 1:
            size = next((n for n in (6, 5, 4, 3) if run[at : at + n] in known), 2)
            if run[at : at + size] in known:
                found.append(run[at : at + size])
                at += size
            else:
                at += 1
    return found


def _meanings(word: str, lang: str) -> list[tuple[str, float]]:
    from normalize.translate.gate import function_words

    return [
        (meaning, score) for meaning, score in translations(word, lang) if meaning not in function_words()
    ]


def has(lang: str) -> bool:
    """True if there is a word list for the language."""
    return lang in _FILES


def translations(word: str, lang: str) -> tuple[tuple[str, float], ...]:
    """English words for a word form, the likeliest first, with how sure each is (0 to 1)."""
    name = _FILES.get(lang)
    if name is None:
        return ()
    found = _words(name).get(to_latin(word), ())
    if lang != "zh":
        return found
    # What sentences say of a word comes first; the dictionary adds what they have not.
    said = {english for english, _ in found}
    return found + tuple(entry for entry in _dictionary().get(word, ()) if entry[0] not in said)
