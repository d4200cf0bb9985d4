"""Normalisation rules that travel inside the SentencePiece model.

The rules make every user of a package, Argos Translate included, feed the model the spelling it was
trained on without any code of their own: NFKC, plain spaces, no invisible characters, the Slavic
Cyrillic alphabets in one Latin spelling close to Serbian (so that cognates share subwords), and
traditional Chinese characters folded to simplified ones.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: One spelling for Serbian, Macedonian, Bulgarian, Russian, Ukrainian and Belarusian.
CYRILLIC: dict[str, str] = dict(
    zip(
        "абвгдђежзијклљмнњопрстћуфхцчџшйщъыьэёюяєіїґѓќѕўѐѝѣ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "đ",
            "e",
            "ž",
            "z",
            "i",
            "j",
            "k",
            "l",
            "lj",
            "m",
            "n",
            "nj",
            "o",
            "p",
            "r",
            "s",
            "t",
            "ć",
            "u",
            "f",
            "h",
            "c",
            "č",
            "dž",
            "š",
            "j",
            "šč",
            "ă",
            "i",
            "",
            "e",
            "jo",
            "ju",
            "ja",
            "je",
            "i",
            "ji",
            "g",
            "đ",
            "ć",
            "dz",
            "v",
            "e",
            "i",
            "e",
        ],
        strict=True,
    )
)

#: Soft consonants that Serbian spells with one sound.
DIGRAPHS: dict[str, str] = {"нь": "nj", "ль": "lj", "ьо": "jo", "ье": "je", "ья": "ja", "ью": "ju"}

_SPACES = "\t\n\r\u0085\u2028\u2029"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufffc\ufe0e\ufe0f"


def transliterate(text: str) -> str:
    """Return ``text`` with Slavic Cyrillic letters in the common Latin spelling.

    >>> transliterate("Његош је рођен у Његушима")
    'Njegoš je rođen u Njegušima'
    """
    table = _cyrillic_rules()
    out: list[str] = []
    i = 0
    while i < len(text):
        for size in (2, 1):
            piece = text[i : i + size]
            if len(piece) == size and piece in table:
                out.append(table[piece])
                break
        else:
            size = 1
            out.append(text[i])
        i += size
    return "".join(out)


def _cyrillic_rules() -> dict[str, str]:
    rules: dict[str, str] = {}
    for letter, latin in CYRILLIC.items():
        rules[letter] = latin
        rules[letter.upper()] = latin[:1].upper() + latin[1:]
    # In a word in capitals, a letter that Latin writes with two stays in capitals: ЊЕГОШ, NJEGOŠ.
    for letter, latin in CYRILLIC.items():
        if len(latin) > 1:
            for after, latin_after in CYRILLIC.items():
                follows = latin_after.upper() if len(latin_after) > 1 else rules[after.upper()]
                rules[letter.upper() + after.upper()] = latin.upper() + follows
    for pair, latin in DIGRAPHS.items():
        rules[pair] = latin
        rules[pair[0].upper() + pair[1]] = latin[0].upper() + latin[1:]
        rules[pair.upper()] = latin.upper()
    for vowel in "аеиоуыэюяієї":  # stress marks of dictionaries and encyclopaedias
        for mark in "\u0300\u0301":
            for form in (vowel, vowel.upper()):
                rules[form + mark] = rules[form]
    return rules


def simplified_rules() -> dict[str, str]:
    """Traditional to simplified Chinese, characters and phrases, from OpenCC's tables."""
    import opencc

    folder = Path(opencc.__file__).parent / "dictionary"
    rules: dict[str, str] = {}
    for name in ("TSCharacters.txt", "TSPhrases.txt"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if "\t" in line:
                source, targets = line.split("\t", 1)
                target = targets.split(" ")[0].strip()
                if source != target and len(source) <= 8:
                    rules[source] = target
    return rules


def _nfkc_rules() -> Iterator[tuple[str, str]]:
    for code in range(0x20, sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        char = chr(code)
        normal = unicodedata.normalize("NFKC", char)
        if normal != char:
            yield char, normal
        parts = unicodedata.normalize("NFD", char)
        if len(parts) > 1 and unicodedata.normalize("NFC", parts) == char:
            yield parts, normal


def rules(chinese: bool = True) -> dict[str, str]:
    """Every rule, from the longest-match side of SentencePiece: what is read, what stands for it."""
    fold = simplified_rules() if chinese else {}
    cyrillic = _cyrillic_rules()
    table: dict[str, str] = {}
    for char, normal in _nfkc_rules():
        table[char] = "".join(fold.get(c, c) for c in transliterate(normal))
    table.update(fold)
    table.update(cyrillic)
    table.update(dict.fromkeys(_SPACES, " "))
    table.update(dict.fromkeys(_INVISIBLE, ""))
    table.update({chr(c): "" for c in range(1, 32) if chr(c) not in _SPACES})
    table.update(
        {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u02bc": "'", "\u201b": "'"}
        | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u2033", '"')
        | {"\u2014": "\u2013", "\u2015": "\u2013", "\u2212": "-", "\u2010": "-", "\u2011": "-"}
    )
    return {source: target for source, target in table.items() if source != target}


def write_rules(path: Path) -> None:
    """Write the rules in the form of SentencePiece's ``normalization_rule_tsv``."""
    with path.open("w", encoding="ascii") as out:
        for source, target in sorted(rules().items()):
            codes = [" ".join(f"{ord(c):X}" for c in text) for text in (source, target)]
            out.write("\t".join(codes) + "\n")
