"""Numbers of a text, compared across languages: `1.500,5` and `1,500.5`, `2500万` and `25 million`.

A number is known by its *keys*: the values that it may stand for. Two numbers agree when they share
one. The reading is generous (`1.500` may be fifteen hundred or one and a half), since a wrong alarm
costs a retry while the repair writes what the source says, in English spelling.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

import regex

from normalize.toml import load_toml

#: What a number is multiplied by when one of these follows.
SCALES = {
    "十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8,
    "만": 10_000, "억": 10**8, "兆": 10**12,
}  # fmt: skip
ENGLISH_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
WORDS = {word: value for value, word in enumerate(_UNITS)}
WORDS |= {word: value for value, word in enumerate(_ORDINALS)}
WORDS |= {word: 10 * value for value, word in enumerate(_TENS, 2)}
WORDS |= {word[:-1] + "ieth": 10 * value for value, word in enumerate(_TENS, 2)}
WORDS |= {"half": 0, "once": 1, "twice": 2, "double": 2, "triple": 3, "dozen": 12, "a": 1, "an": 1, "both": 2}
WORDS |= {"single": 1, "pair": 2, "couple": 2, "threefold": 3, "quarter": 4, "twofold": 2, "twelve": 12}
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

_NUMBER = regex.compile(
    r"""(?<![\p{Latin}\d])
    (?: (?P<time>[01]?\d|2[0-4]) : (?P<minute>[0-5]\d) (?: : (?P<second>[0-5]\d) )? (?![\d:])
      | (?P<date> (?P<day>[0-3]?\d) \. \ ? (?P<month>[01]?\d) \. \ ? (?P<year>\d{4}|\d{2}) (?!\d) )
      | (?P<iso> (?P<iyear>\d{4}) - (?P<imonth>[01]\d) - (?P<iday>[0-3]\d) (?!\d) )
      | (?P<number> \d+ (?: [.,'’\ \u00a0\u202f\u2009] \d{3} (?!\d) )* (?: [.,] \d+ )* )
    )""",
    regex.VERBOSE,
)
# Not the thousand of 千米 (kilometre), 千克, 千瓦, 千字节, 千卡.
_SCALE = regex.compile(r"\s*((?:[十百万萬亿億만억兆]|千(?![米克瓦字卡公兆帕赫伏])){1,2})")
_CENTURY = regex.compile(r"\s*世[纪紀]\s*(\d0)\s*年代")
_MONTH = regex.compile(r"\s*[月월]")
_ENGLISH_SCALE = regex.compile(r"[\s-]*\b(hundred|thousand|million|billion|trillion)s?\b", regex.IGNORECASE)
_HALF_OF_DAY = regex.compile(r"\s*([ap])\.?\s?m\b", regex.IGNORECASE)
_WORD = regex.compile(r"[a-z]+", regex.IGNORECASE)
_CODE_BEFORE = regex.compile(r"[\p{L}][-–]$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: where, how, and what it may mean."""

    start: int
    end: int
    text: str
    keys: frozenset[str]
    english: str
    """The number in English spelling, to be written where it is missing."""
    month: bool = False
    """True if it may be written as the name of a month."""


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text if "E" not in text else str(int(value))


def readings(digits: str) -> list[str]:
    """The values that `1.500` may have: `1500` and `1.5`."""
    digits = "".join(str(unicodedata.digit(c, c)) if c.isdigit() else c for c in digits)
    compact = re.sub(r"[\s'’\u00a0\u202f\u2009]", "", digits)
    found = []
    marks = re.findall(r"[.,]", compact)
    candidates = [compact.replace(".", "").replace(",", "")] if _grouped(compact) else []
    if len(marks) == 1:
        candidates.append(compact.replace(",", "."))
    elif len(marks) > 1 and (marks[-1] != marks[0] or not candidates):
        head, _, tail = compact.rpartition(marks[-1])
        candidates.append(head.replace(".", "").replace(",", "") + "." + tail)
    elif not marks:
        candidates.append(compact)
    for candidate in candidates or [compact.replace(".", "").replace(",", "")]:
        value = _decimal(candidate)
        if value is not None:
            found.append(_plain(value))
    return list(dict.fromkeys(found))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _grouped(compact: str) -> bool:
    """True if every separator is followed by three digits."""
    parts = re.split(r"[.,]", compact)
    return len(parts) > 1 and 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])


def _spelled(digits: str, comma_decimal: bool) -> str:
    """A number in English spelling: thousands by commas, decimals by a point."""
    compact = re.sub(r"[\s'’\u00a0\u202f\u2009]", "", digits)
    if not re.search(r"[.,]", compact):
        return f"{int(compact):,}" if re.search(r"\D", digits) else compact
    if comma_decimal:
        compact = compact.translate(str.maketrans(".,", ",."))
    return compact


#: Languages that write 1,5 for one and a half as English does 1.5. (Most of the world's.)
POINT_DECIMAL = frozenset(
    [
        "en",
        "zh",
        "ja",
        "ko",
        "th",
        "he",
        "hi",
        "bn",
        "ta",
        "te",
        "ml",
        "mr",
        "gu",
        "kn",
        "pa",
        "ur",
        "ms",
        "tl",
        "sw",
        "zu",
        "am",
        "my",
    ]
)


def source_numbers(text: str, lang: str) -> list[Number]:
    """The numbers of a text that is to be translated."""
    found = []
    comma = lang not in POINT_DECIMAL
    at = 0
    for match in _NUMBER.finditer(text):
        start, end, digits = match.start(), match.end(), match.group()
        if start < at:
            continue
        if decade := _CENTURY.match(text, end):  # 20 世纪 70 年代: the 1970s
            at = decade.end()
            year = str((int(digits) - 1) * 100 + int(decade[1])) if digits.isdigit() else digits
            found.append(Number(start, at, text[start:at], frozenset({year, decade[1]}), year))
            continue
        if match["time"]:
            whole = f"{int(match['time'])}:{match['minute']}" + (
                f":{match['second']}" if match["second"] else ""
            )
            found.append(Number(start, end, digits, frozenset({whole}), digits))
        elif match["date"] or match["iso"]:
            found += _date(match, "i" if match["iso"] else "")
        else:
            keys = set(readings(digits))
            english = _spelled(digits, comma)
            if scale := _SCALE.match(text, end):
                english, keys = _scaled(_spelled(digits, comma), scale[1], keys)
                end, digits = scale.end(), text[start : scale.end()]
            if not keys:
                continue
            month = bool(_MONTH.match(text, end)) and keys <= {str(i) for i in range(1, 13)}
            found.append(Number(start, end, digits, frozenset(keys), english, month))
    return found


def _date(match: regex.Match[str], prefix: str) -> list[Number]:
    names = [("year", False), ("month", True), ("day", False)]
    parts = sorted((match.start(prefix + name), prefix + name, month) for name, month in names)
    return [
        Number(
            match.start(name),
            match.end(name),
            match[name],
            frozenset(
                {str(int(match[name]))} | ({match[name]} if len(match[name]) == 2 and not month else set())
            ),
            str(int(match[name])),
            month,
        )
        for _, name, month in parts
    ]


def _scaled(english: str, scale: str, keys: set[str]) -> tuple[str, set[str]]:
    factor = 1
    for letter in scale:
        factor *= SCALES[letter]
    values = {_plain(Decimal(key) * factor) for key in keys}
    try:
        value = Decimal(english.replace(",", "")) * factor
    except InvalidOperation:
        return english, values
    return in_words(value), values


def in_words(value: Decimal) -> str:
    """25000000 as `25 million`, 15000 as `15,000`."""
    for word, size in (("trillion", 10**12), ("billion", 10**9), ("million", 10**6)):
        if value >= size:
            return f"{_plain(value / size)} {word}"
    return f"{int(value):,}" if value == value.to_integral_value() else _plain(value)


def english_numbers(text: str) -> list[Number]:
    """The numbers of an English text that are written in digits."""
    found = []
    # A plain space does not group digits in English: “the 2008 400 Richest”.
    for match in _NUMBER.finditer(re.sub(r"(?<=\d) (?=\d)", "|", text)):
        start, end, digits = match.start(), match.end(), match.group()
        if match["time"]:
            hour, minute = int(match["time"]), match["minute"]
            keys = {f"{hour}:{minute}", str(hour), str(int(minute))}
            if match["second"]:
                keys.add(f"{hour}:{minute}:{match['second']}")
            half = _HALF_OF_DAY.match(text, end)
            if half and half[1] in "pP" and hour < 12:
                keys.add(f"{hour + 12}:{minute}")
            found.append(Number(start, end, digits, frozenset(keys), digits))
        elif match["date"] or match["iso"]:
            found += _date(match, "i" if match["iso"] else "")
        else:
            keys = set(readings(digits))
            if scale := _ENGLISH_SCALE.match(text, end):
                factor = ENGLISH_SCALES[scale[1].casefold()]
                keys |= {_plain(Decimal(key) * factor) for key in keys}
            half = _HALF_OF_DAY.match(text, end)
            if half and len(keys) == 1:
                only = next(iter(keys))
                if only.isdigit() and int(only) <= 12:
                    keys |= {f"{only}:00", str(int(only) + 12 if half[1] in "pP" else int(only))}
            if re.fullmatch(r"([01]?\d|2[0-4])\.[0-5]\d", digits):
                keys.add(digits.replace(".", ":").lstrip("0"))
            found.append(Number(start, end, digits, frozenset(keys), digits))
    return found


def worded(text: str) -> set[str]:
    """The values that an English text gives in words: `ten million`, `the third`, `July`."""
    values: set[str] = set()
    run = 0
    last = False
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        if word in MONTHS:
            values.add(str(MONTHS.index(word) + 1))
        singular = word.removesuffix("s")
        if word in WORDS:
            value = WORDS[word]
            run = run + value if last and run >= 20 and value < 10 else value
            values.add(str(run))
            values.add(str(value))
            last = True
        elif singular in ENGLISH_SCALES:
            run = max(1, run) * ENGLISH_SCALES[singular]
            values.add(str(run))
            last = True
        elif word == "and" and last:
            continue
        else:
            run, last = 0, False
    return values


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers of a source and of its translation, side by side."""

    source: list[Number]
    output: list[Number]
    missing: list[int]
    """Indices into `source` of numbers that the output does not have."""
    invented: list[int]
    """Indices into `output` of numbers that the source does not have."""


def compare(source: str, output: str, lang: str) -> Comparison:
    """Find the numbers of `source` that `output` lost and those that it made up."""
    mine, theirs = source_numbers(source, lang), english_numbers(output)
    words = worded(output)
    free = set(range(len(theirs)))
    missing = []
    for index, number in enumerate(mine):
        hit = next((i for i in sorted(free) if theirs[i].keys & number.keys), None)
        if hit is not None:
            # A time holds two of the source's numbers where that writes them apart (8 点 46 分).
            if ":" not in theirs[hit].text or any(":" in key for key in number.keys):
                free.discard(hit)
        elif not (
            number.keys & words
            or (number.month and _month_named(number, output))
            or any(other.keys & number.keys for other in theirs)
        ):
            missing.append(index)
    known = {key for number in mine for key in number.keys}
    invented = [
        i
        for i in sorted(free)
        if not theirs[i].keys & known and not _CODE_BEFORE.search(output[: theirs[i].start])
    ]
    if invented and spells_number(source):
        invented = []
    return Comparison(mine, theirs, missing, invented)


@lru_cache(maxsize=1)
def _spelled_numbers() -> regex.Pattern[str]:
    data = load_toml(Path(__file__).with_name("numberwords.toml"))
    stems = "|".join(sorted(map(regex.escape, data["stems"]), key=len, reverse=True))
    return regex.compile(rf"[{data['letters']}]|\b(?:{stems})", regex.IGNORECASE)


def spells_number(text: str) -> bool:
    """True if a text of any language seems to spell a number in words."""
    return bool(_spelled_numbers().search(text))


def _month_named(number: Number, output: str) -> bool:
    folded = output.casefold()
    return any(
        MONTHS[int(key) - 1][:3] in folded for key in number.keys if key.isdigit() and 0 < int(key) <= 12
    )


def repair(source: str, output: str, lang: str) -> tuple[str, bool]:
    """Write the source's numbers where the output has others in their place.

    Returns:
        The output, and True if it was changed.
    """
    seen = compare(source, output, lang)
    if not seen.missing:
        return output, False
    # Digits that the source has none of: even single ones may be what became of a missing number.
    used: set[int] = set()
    for number in seen.source:
        hit = next((i for i, o in enumerate(seen.output) if i not in used and o.keys & number.keys), None)
        if hit is not None:
            used.add(hit)
    spare = [i for i in range(len(seen.output)) if i not in used]
    if not spare:
        return output, False
    pairs = _assign([seen.source[i] for i in seen.missing], [seen.output[i] for i in spare])
    changed = output
    for number, place in sorted(pairs, key=lambda pair: -pair[1].start):
        tail = changed[place.end :]
        if re.search(r"[a-z]", number.english):
            tail = _ENGLISH_SCALE.sub("", tail, count=1) if _ENGLISH_SCALE.match(tail) else tail
        head = changed[: place.start] + number.english
        suffix = re.match(r"(st|nd|rd|th)\b", tail)
        if suffix:
            tail = ordinal_suffix(number.english) + tail[2:]
        changed = head + tail
    return changed, changed != output


def ordinal_suffix(digits: str) -> str:
    """`st` of 1st, `th` of 11th."""
    plain = re.sub(r"\D", "", digits)
    if plain[-2:] in {"11", "12", "13"}:
        return "th"
    return {"1": "st", "2": "nd", "3": "rd"}.get(plain[-1:], "th")


def _assign(wanted: list[Number], places: list[Number]) -> list[tuple[Number, Number]]:
    """Which missing number goes where: the most alike first, then in order."""
    options = sorted(
        (
            (_alike(w.english, p.text) + (0.05 if i == j else 0), -i, -j)
            for i, w in enumerate(wanted)
            for j, p in enumerate(places)
        ),
        reverse=True,
    )
    done_w: set[int] = set()
    done_p: set[int] = set()
    found = []
    for _, i, j in options:
        if -i not in done_w and -j not in done_p:
            done_w.add(-i)
            done_p.add(-j)
            found.append((wanted[-i], places[-j]))
    return found


def _alike(a: str, b: str) -> float:
    from difflib import SequenceMatcher

    one, two = re.sub(r"\D", "", a), re.sub(r"\D", "", b)
    return SequenceMatcher(None, one, two, autojunk=False).ratio() - 0.1 * abs(len(one) - len(two))
