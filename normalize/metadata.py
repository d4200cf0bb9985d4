"""Title, date and author, as the text itself states them.

Everything here finds; nothing removes. `normalize.boilerplate` decides what becomes of the lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Months by their first letters, in the languages that the built-in models read and those around them.
# The longest beginning wins, so `mar` (March) and `mart` (Serbian March) live together.
_MONTHS = (
    "jan januar january januara siječnja siječanj январ янв січн јануар януари januari enero janvier "
    "gennaio janeiro styczni",
    "feb february februar veljač феврал фев лют фебруар февруари febrero février febbraio fevereiro lut",
    "mar march mart marta ožuj март берез märz marzo mars março marca",
    "apr april aprila travnj travanj апрел апр квіт април abril avril aprile kwietni",
    "may maj maja svibnj svibanj мая май трав мај маја mai mayo maggio maio",
    "jun june juni juna lipnj lipanj июн черв јун јуни юни junio juin giugno junho czerwca",
    "jul july juli jula srpnj srpanj июл лип јул јули юли julio juillet luglio julho lipca",
    "aug august avgust kolovoz август авг серп agosto août sierpni",
    "sep sept september septembar septembra rujn rujan сентябр сен верес септемв septiembre "
    "septembre settembre setembro wrześni",
    "oct october okt oktobar oktobra listopad октябр окт жовт октомв октоб octubre octobre ottobre "
    "outubro październik",
    "nov november novembar novembra studen ноябр ноя нов листопад ноемв новемб noviembre novembre novembro",
    "dec december dezember decembar decembra prosin декабр дек груд декемв децемб diciembre décembre "
    "dicembre dezembro grudni",
)
_WEEKDAY = (
    r"(?:(?:mon|tues?|wednes|wed|thurs?|thur|thu|fri|satur|sat|sun)(?:day)?"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|понеділок|вівторок|середа|четвер|п.ятниця|субота|неділя"
    r"|ponedelj?ak|ponedjeljak|utorak|sreda|srijeda|četvrtak|petak|subota|nedelja|nedjelja"
    r"|понедељак|уторак|среда|четвртак|петак|недеља|понеделник|вторник|сряда|четвъртък|петък|събота|недела"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
)
_LETTERS = r"[^\W\d_]"
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_DATE = re.compile(
    rf"""
      (?P<iso>(?P<y1>{_YEAR})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}}))(?!\d)
    | (?P<m2>{_LETTERS}{{3,12}})\.?[ ]{{0,2}}
      (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[ ]?,?[ ]{{0,2}}(?P<y2>{_YEAR})(?!\d)
    | (?<!\d)(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.|º)?[ ]{{0,2}}(?:de[ ]|of[ ])?
      (?P<m3>{_LETTERS}{{3,12}})\.?,?[ ]{{0,2}}(?:de[ ])?(?P<y3>{_YEAR})(?!\d)
    | (?<!\d)(?P<d4>\d{{1,2}})\.[ ]?(?P<m4>\d{{1,2}})\.[ ]?(?P<y4>{_YEAR})(?!\d)
    | (?P<y5>{_YEAR})[ ]?年[ ]?(?P<m5>\d{{1,2}})[ ]?月[ ]?(?P<d5>\d{{1,2}})[ ]?[日号號]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What may stand around the date on a line that is nothing but a date.
_DATE_AROUND = re.compile(
    rf"""(?:\W|\d{{1,2}}[:.]\d\d(?::\d\d)?
    |\b(?:[ap]\.?m\.?|gmt|utc|[cem][se]?t|[pe][sd]t|ist|bst|h|uhr|at|on|u|в|у|о|во|god|godine)\b
    |\b(?:год|года|року|г|р|године|година)\b|{_WEEKDAY}|星期.|周.)*""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE_LINE_MOST = 90
# `Jan. 6, 2022 (EIRNS)—`, `March 3 (Reuters) -` at the start of a paragraph.
_DATELINE = re.compile(
    rf"""
    (?P<date>
      (?:{_WEEKDAY},?[ ]{{1,2}})?{_LETTERS}{{3,12}}\.?[ ]\d{{1,2}}(?:,[ ]{_YEAR})?
      | \d{{1,2}}[ ]{_LETTERS}{{3,12}}(?:[ ]{_YEAR})?
    )[ ]{{0,2}}
    \((?P<agency>[A-Z][\w .&/-]{{1,30}})\)[ ]{{0,2}}(?:[-–—―:]|\.\s?[-–—])+[ ]{{0,2}}
    """,
    re.VERBOSE,
)
_AUTHOR = re.compile(
    r"""^\W{0,3}(?:
      (?:articles?|stories|posts|written|story|text|words|reported|report|analysis|posted)\s+by\s*:?\s+
    | by\s*:?\s+
    | (?:author|autor|autorka|аутор|автор|авторка|piše|пише|tekst|текст|作者|记者|記者|文)\s*[:：／/]\s*
    )(?P<name>\S.{1,79})$""",
    re.VERBOSE | re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"\s*(?:[|•·]|\s[-–—]\s|,?\s+(?:published|updated|posted|on)\b|,\s+(?=[^,]*\d)|,\s+(?:staff|senior|special|chief|contributing|correspondent|reporter|editor|writer|ap|afp|reuters|associated)\b|\d).*$",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"[?!:;]|\b(?:the time|noon|then|now|far|law|hand|chance|admin|staff)\b"
    r"|\b(?:click\w*|using|signing|submitting)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """The stretch before the first word of a report: place, date, agency."""

    end: int
    """How many characters of the line it takes up."""
    date: str | None


@lru_cache(maxsize=4096)
def month_number(word: str) -> int | None:
    """The month that a word names in any of the languages known, by its longest known beginning."""
    small = word.lower()
    best, number = 0, None
    for month, beginnings in enumerate(_MONTHS, 1):
        for beginning in beginnings.split():
            # Short forms stand for themselves only: `mar`, `mar.`, never `market`.
            fits = small == beginning or (
                len(beginning) > 3 and small.startswith(beginning) and len(small) < len(beginning) + 5
            )
            if fits and len(beginning) > best:
                best, number = len(beginning), month
    return number


def find_date(text: str) -> tuple[str, int, int] | None:
    """The first date in a text: ISO 8601, start, end."""
    for match in _DATE.finditer(text):
        parts = match.groupdict()
        for form in "12345":
            year = parts.get(f"y{form}")
            if year:
                raw = parts[f"m{form}"] or ""
                month = int(raw) if raw.isdigit() else month_number(raw)
                iso = _iso(int(year), month, int(parts[f"d{form}"] or 0))
                if iso:
                    return iso, match.start(), match.end()
    return None


def _iso(year: int, month: int | None, day: int) -> str | None:
    if month is None:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def date_of_line(line: str) -> str | None:
    """The date, if the line is nothing but a date (with its weekday, hour or zone)."""
    if len(line) > _DATE_LINE_MOST:
        return None
    found = find_date(line)
    if not found:
        return None
    iso, start, end = found
    return iso if _DATE_AROUND.fullmatch(line[:start]) and _DATE_AROUND.fullmatch(line[end:]) else None


def dateline(paragraph: str) -> Dateline | None:
    """The dateline that a paragraph begins with."""
    match = _DATELINE.match(paragraph)
    if not match:
        return None
    stated = find_date(match["date"])
    if not stated and not any(month_number(word) for word in re.findall(_LETTERS + "{3,}", match["date"])):
        return None
    return Dateline(match.end(), stated[0] if stated else None)


def author_of_line(line: str) -> str | None:
    """The author, if the line is a byline."""
    match = _AUTHOR.match(line) if len(line) <= 160 else None
    if not match:
        return None
    name = _NAME_ENDS.sub("", match["name"]).strip(" ,.;-–—|·•")
    words = name.split()
    if not 1 <= len(words) <= 9 or len(name) < 2 or _NOT_A_NAME.search(name):
        return None
    # A name has capitals (or a script without them).
    return name if any(word[0].isupper() or not word[0].islower() for word in words) else None


_ENDS_LIKE_A_SENTENCE = re.compile(r"[.。;,:：；，][\"'”’»)\]]*$")
_SENTENCE_INSIDE = re.compile(r"(?:[^\W\d_]{4,}|\d)[.。]\s+\S|[!?]\s+[a-zа-я]")
_TITLE_MOST, _TITLE_LEAST_LETTERS = 200, 4
_JOINED_MOST = 70


def looks_like_title(line: str) -> bool:
    """Whether a line could be a headline: short, and no sentence with a full stop."""
    letters = sum(character.isalpha() for character in line)
    if not letters >= _TITLE_LEAST_LETTERS or len(line) > _TITLE_MOST:
        return False
    if _ENDS_LIKE_A_SENTENCE.search(line) and not line.endswith(("U.S.", "...", "Inc.", "Jr.")):
        return False
    if _SENTENCE_INSIDE.search(line) or line[0] in "-*•·[({|>#@" or line.lower().startswith(("http", "www.")):
        return False
    return line[0].isupper() or not line[0].islower()


def title_lines(block: Sequence[str]) -> int:
    """How many lines of the first block of a document are its title: 0, 1 or 2.

    A block of two short lines is one title that was broken in two. Any other block has a title only if
    it is a single line: a first line that goes on is a paragraph.
    """
    if len(block) == 1:
        return int(looks_like_title(block[0]))
    joined = len(block) == 2 and all(looks_like_title(line) and len(line) <= _JOINED_MOST for line in block)
    return 2 if joined else 0
