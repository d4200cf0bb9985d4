"""What can be mended in a translation without asking the model again."""

from __future__ import annotations

from functools import lru_cache

import regex

from normalize.translate import numerals
from normalize.translate.letters import to_latin

_LETTER = regex.compile(r"\p{L}")
_SIGNS = "€£₽₴₸₹₺₩₿"
_AMOUNT = regex.compile(rf"(?P<sign>[{_SIGNS}])\s?(?P<n>\d[\d.,]*)|(?P<m>\d[\d.,]*)\s?(?P<after>[{_SIGNS}])")
_JOINING = "-–—/:x×"
_PERCENT = regex.compile(r"(\d[\d.,]*)\s*[%％]")
_PHRASE_LOOP = regex.compile(r"\b(\S+(?:\s+\S+){0,11}?)(?:[\s,;]+\1){2,}(?!\w)", regex.IGNORECASE)
_TWICE = regex.compile(r"\b(\S+(?:\s+\S+){2,11}?)(?:[\s,;]+\1)+(?!\w)", regex.IGNORECASE)
_LETTER_LOOP = regex.compile(r"(\S{1,20}?)\1{4,}")
_OPENING = regex.compile(r"[\"'“‘(\[]*\p{Ll}")


def polish(source: str, text: str, lang: str) -> str:
    """Mend what can be mended without asking the model again."""
    text = regex.sub(r"\s+", " ", text).strip()
    text = text.replace("⁇", "").strip() if "⁇" in text else text
    text, _ = numerals.repair(source, text, lang)
    text = _marks(source, text)
    return _initial(source, text)


def _marks(source: str, text: str) -> str:
    """Currency and percent signs that stand at a number in the source stand at it in the output."""
    for match in _AMOUNT.finditer(source):
        sign = match["sign"] or match["after"]
        if sign not in text:
            digits = regex.sub(r"\D", "", match["n"] or match["m"])
            text = _amount(digits).sub(rf"\g<space>{sign}\g<n>", text, count=1)
    if _PERCENT.search(source) and not regex.search(r"%|per\s?cent", text):
        for match in _PERCENT.finditer(source):
            digits = "[.,]?".join(regex.sub(r"\D", "", match[1]))
            text = regex.sub(rf"(?<![\d.,])({digits})(?![\d%])", r"\1%", text, count=1)
    return text


@lru_cache(maxsize=1024)
def _amount(digits: str) -> regex.Pattern[str]:
    """A number with whatever currency the model put to it."""
    sign = rf"[${_SIGNS}¥]"
    number = "[.,]?".join(digits)
    word = r"\s(?:dollars?|pounds?|euros?)\b"
    return regex.compile(rf"(?P<space>\s?){sign}?\s?(?<![\d.,])(?P<n>{number})(?!\d)(?:\s?{sign}|{word})?")


def _initial(source: str, text: str) -> str:
    """A sentence that begins with a capital begins with one in English."""
    first = _LETTER.search(source)
    mine = regex.match(r"[\"'“‘(\[]*\p{Ll}", text)
    cased = sum(1 for letter in _LETTER.findall(source) if letter.islower() or letter.isupper())
    if cased <= 0.5 * len(_LETTER.findall(source)):
        return text
    if first and mine and first.group().isupper() and not regex.search(r"[\p{N}]", source[: first.start()]):
        at = mine.end() - 1
        word = regex.match(r"[\w.-]+", text[at:])
        if (
            word
            and (word.group().islower() or len(word.group()) == 1)
            and not regex.search(r"[.@/]\w", word.group())
        ):
            return text[:at] + text[at].upper() + text[at + 1 :]
    return text


def add_numbers(source: str, text: str, lang: str) -> str:
    """Numbers that have no place in the translation, in brackets at its end: better there than nowhere."""
    seen = numerals.compare(source, text, lang)
    if not seen.missing:
        return text
    # Numbers that stand side by side in the source stay so: 7-2, 2 January 1954.
    groups: list[str] = []
    last = -1
    for index in seen.missing:
        number = seen.source[index]
        between = source[last : number.start] if last >= 0 else ""
        mark = between.strip()
        if groups and len(mark) <= 1 and mark in _JOINING:
            groups[-1] += {"": " ", "-": "–"}.get(mark, mark) + number.english
        else:
            groups.append(number.english)
        last = number.end
    end = regex.search(r"[.!?…]*[\"”’)]*$", text)
    at = end.start() if end else len(text)
    return f"{text[:at].rstrip()} ({', '.join(groups)}){text[at:]}"


def respell(text: str) -> str:
    """Words of another alphabet, left over by the model, in Latin letters."""

    def latin(match: regex.Match[str]) -> str:
        word = to_latin(match.group())
        return word[:1].upper() + word[1:] if match.group()[:1].isupper() else word

    return regex.sub(r"[\p{L}--\p{Latin}]+", latin, text, flags=regex.VERSION1)


def unloop(text: str) -> str:
    """Runs of a repeated word or phrase, as a model caught in a loop writes them, said once."""
    before = None
    while before != text:
        before = text
        text = _PHRASE_LOOP.sub(r"\1", text)
        text = _TWICE.sub(r"\1", text)
    return _LETTER_LOOP.sub(r"\1", text)
