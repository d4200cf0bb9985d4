"""Letters of other scripts in Latin ones, for comparing names and noticing text that was only respelled.

This is for comparing, never for output: how a name is spelled in English is for the document to say.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_CYRILLIC = dict(
    zip(
        "абвгдђежзијклљмнњопрстћуфхцчџшйщъыьэюяєіїґѓќѕёўқғңәөүұһ",
        [
            *[
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
            ],
            *["j", "šč", "", "i", "", "e", "ju", "ja", "je", "i", "ji", "g", "đ", "ć", "dz", "jo", "v"],
            *["k", "g", "n", "a", "o", "u", "u", "h"],
        ],
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "i",
            "f",
            "h",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        [
            "a",
            "b",
            "g",
            "d",
            "e",
            "v",
            "z",
            "t",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "zh",
            "r",
            "s",
            "t",
            "u",
            "p",
            "k",
            "gh",
            "q",
            "sh",
            "ch",
            "ts",
            "dz",
            "ts",
            "ch",
            "kh",
            "j",
            "h",
        ],
        strict=True,
    )
)
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
        [
            "a",
            "b",
            "g",
            "d",
            "e",
            "z",
            "e",
            "y",
            "t",
            "zh",
            "i",
            "l",
            "kh",
            "ts",
            "k",
            "h",
            "dz",
            "gh",
            "ch",
            "m",
            "y",
            "n",
            "sh",
            "o",
            "ch",
            "p",
            "j",
            "r",
            "s",
            "v",
            "t",
            "r",
            "ts",
            "v",
            "p",
            "k",
            "o",
            "f",
        ],
        strict=True,
    )
)
_HEBREW = dict(
    zip(
        "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
        [
            "",
            "b",
            "g",
            "d",
            "h",
            "v",
            "z",
            "h",
            "t",
            "i",
            "k",
            "k",
            "l",
            "m",
            "m",
            "n",
            "n",
            "s",
            "",
            "p",
            "f",
            "ts",
            "ts",
            "k",
            "r",
            "sh",
            "t",
        ],
        strict=True,
    )
)
_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآئؤپچژگک",
        [
            "a",
            "b",
            "t",
            "th",
            "j",
            "h",
            "kh",
            "d",
            "dh",
            "r",
            "z",
            "s",
            "sh",
            "s",
            "d",
            "t",
            "z",
            "",
            "gh",
            "f",
            "q",
            "k",
            "l",
            "m",
            "n",
            "h",
            "u",
            "i",
            "a",
            "a",
            "a",
            "i",
            "a",
            "i",
            "u",
            "p",
            "ch",
            "zh",
            "g",
            "k",
        ],
        strict=True,
    )
)
TABLE = {**_CYRILLIC, **_GREEK, **_GEORGIAN, **_ARMENIAN, **_HEBREW, **_ARABIC}


@lru_cache(maxsize=65536)
def to_latin(text: str) -> str:
    """`text` in lower-case Latin letters, marks kept; scripts that have no alphabet stay as they are.

    >>> to_latin("Токајев")
    'tokajev'
    """
    return "".join(TABLE.get(letter, letter) for letter in _composed(text))


def _composed(text: str) -> str:
    low = unicodedata.normalize("NFC", text.casefold())
    if any(unicodedata.combining(letter) for letter in low):
        return unicodedata.normalize(
            "NFC", "".join(c for c in unicodedata.normalize("NFD", low) if c not in "\u0301\u0300")
        )
    return low


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """`text` in lower-case Latin letters without marks."""
    return (
        "".join(
            letter
            for letter in unicodedata.normalize("NFD", to_latin(text))
            if not unicodedata.combining(letter)
        )
        .replace("đ", "dj")
        .replace("ł", "l")
        .replace("ø", "o")
        .replace("ß", "ss")
        .replace("æ", "ae")
    )
