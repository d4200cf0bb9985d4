"""Which pairs of a pack are worth learning from."""

from __future__ import annotations

import re

_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")
#: Between groups of three digits: 7,000 and 7.000 are 7000.
_THOUSANDS = re.compile(r"(?<=\d)[.,\u00a0\u202f](?=\d{3}(?!\d))")
#: Placeholders, markup, paths and option names: marks of software text that is not prose.
_CODE = re.compile(
    r"%\(?\w|\$[\(\{\[\w]|\{\w*\}|</?\w+[^>]*>|&\w+;|\w+\(\)|\\[nt\"]|--\w|::|https?://|\w/\w+/|@\w+|[=_|~^`<>\\]"
)
CYRILLIC_LANGUAGES = {"ru", "uk", "bg", "mk"}


def numbers(text: str) -> list[str]:
    """Digit runs of two digits or more, sorted, thousands without their separators.

    >>> numbers("In 2024, 3 of 12.5 and 7,000")
    ['12', '2024', '7000']
    """
    return sorted(n for n in _NUMBER.findall(_THOUSANDS.sub("", text)) if len(n) > 1)


def aligned(text: str, english: str, language: str) -> bool:
    """Whether the two sides look like a translation of each other, in the right scripts.

    >>> aligned("Цена је порасла за 12%.", "The price rose by 12%.", "sr")
    True
    >>> aligned("Цена је порасла за 12%.", "The price rose by 15%.", "sr")
    False
    """
    return (
        bool(text and english)
        and text.casefold() != english.casefold()
        and max(len(text), len(english)) <= 700
        and _prose(english)
        and _proportionate(text, english, language)
        and _same_numbers(text, english)
    )


def _prose(english: str) -> bool:
    if _CJK.search(english) or _CYRILLIC.search(english):
        return False
    letters = len(_LETTER.findall(english))
    if letters < max(2, 0.6 * len(english.replace(" ", ""))):
        return False
    return len(_CODE.findall(english)) <= (len(english) > 60)


def _proportionate(text: str, english: str, language: str) -> bool:
    """Whether the source is in the script of its language, and about as long as the English."""
    letters, characters = len(_LETTER.findall(text)), len(_CJK.findall(text))
    length: float = len(text)
    if language == "zh":
        if not characters or characters < 0.4 * letters:
            return False
        # A Chinese character is worth about three English letters.
        length += characters * 2.2
    elif characters or (language in CYRILLIC_LANGUAGES and len(_CYRILLIC.findall(text)) < 0.6 * letters):
        return False
    slack = 8 / (len(english) + 4)
    return 0.5 - slack < len(english) / length < 2.0 + 2 * slack


def _same_numbers(text: str, english: str) -> bool:
    left, right = numbers(text), numbers(english)
    if len(right) <= 1:
        # One number may be written out, or be a day that the other side puts elsewhere.
        return not right or not left or bool(set(left) & set(right))
    common = sum(min(left.count(n), right.count(n)) for n in set(right))
    return common >= 0.6 * max(len(left), len(right))
