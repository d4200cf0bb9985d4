"""Variants that look like scraped text, and generated lines of names, numbers and dates.

Parallel text of programs and novels has few dates, sums and surnames, and they matter most to readers
of news. The generated lines teach the model to copy digits one by one and names piece by piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

NO_DOT, CAPITALS, TITLE = 0.05, 0.025, 0.01
LINES = {"hbs": 14_000, "slavic": 8_000, "zh": 8_000}

Line = tuple[str, str]


def variants(text: str, english: str, rng: random.Random) -> Iterator[Line]:
    """Yield now and then the pair without its final dot, in capitals, or in title case."""
    chance = rng.random()
    words = len(english.split())
    if chance < NO_DOT:
        if words >= 3 and english[-1] == "." and text[-1] in ".。":
            yield text[:-1], english[:-1]
    elif chance < NO_DOT + CAPITALS:
        if 2 <= words <= 16:
            yield text.upper(), english.upper()
    elif chance < NO_DOT + CAPITALS + TITLE and 3 <= words <= 12 and text[-1] not in "。！？":
        yield text.title(), english.title()


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_HBS_MONTHS = [
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra",
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenog prosinca",
]
_HBS_DAYS = ["ponedeljak", "utorak", "sredu", "četvrtak", "petak", "subotu", "nedelju"]
_SLAVIC_MONTHS = [
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "јануари февруари март април мај јуни јули август септември октомври ноември декември",
]
_YEAR = ["{} года", "{} року", "{} година", "{} година"]

_ONSETS = [
    "b",
    "v",
    "g",
    "d",
    "z",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "br",
    "vl",
    "gr",
    "dr",
    "kr",
    "pr",
    "tr",
    "st",
    "sk",
    "sl",
    "sm",
    "zd",
    "mir",
    "vuk",
    "rad",
    "mil",
    "tok",
    "kas",
]
_MIDDLES = [
    "a",
    "e",
    "i",
    "o",
    "u",
    "a",
    "e",
    "o",
    "aj",
    "ej",
    "or",
    "al",
    "an",
    "en",
    "in",
    "ar",
    "er",
    "is",
    "os",
    "un",
    "ad",
    "ak",
]
_ENDINGS = [
    "ov",
    "ev",
    "in",
    "ić",
    "ović",
    "ević",
    "ski",
    "enko",
    "man",
    "son",
    "er",
    "ak",
    "ek",
    "or",
    "an",
    "en",
    "as",
    "is",
    "on",
]


def surname(rng: random.Random) -> str:
    """A made-up surname in the Latin spelling of Serbian.

    >>> surname(random.Random(4)).istitle()
    True
    """
    parts = [rng.choice(_ONSETS) + rng.choice(_MIDDLES) for _ in range(rng.choice((1, 1, 2)))]
    return ("".join(parts) + rng.choice(_ONSETS[:16]) + rng.choice(_ENDINGS)).capitalize()


_ENGLISH_LETTERS = {"šč": "shch", "š": "sh", "č": "ch", "ž": "zh", "ć": "c", "đ": "dj", "j": "y"}


def english_spelling(name: str) -> str:
    """The spelling that English news gives an East Slavic name.

    >>> english_spelling("Tokajev")
    'Tokayev'
    """
    for letter, spelled in _ENGLISH_LETTERS.items():
        name = name.replace(letter, spelled)
    return name


def _whole(rng: random.Random) -> int:
    return rng.choice(
        (
            rng.randint(2, 99),
            rng.randint(100, 999),
            rng.randint(1000, 9999),
            rng.randint(10_000, 999_999),
            rng.randint(11, 99) * 1000,
            rng.randint(1, 9) * 1_000_000 + rng.randint(0, 999_999),
        )
    )


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _decimal(rng: random.Random) -> str:
    return f"{rng.randint(0, 99)}.{rng.randint(0, 99) or 5}"


def _hbs(rng: random.Random) -> Line:
    name, number, decimal = surname(rng), _whole(rng), _decimal(rng)
    comma = decimal.replace(".", ",")
    month = rng.randrange(12)
    months = rng.choice(_HBS_MONTHS).split()
    day, year = rng.randint(1, 31), rng.randint(1900, 2035)
    week = rng.randrange(7)
    genitive = name + "a"
    instrumental = name + ("em" if name.endswith("ić") else "om")
    count, counted = _dotted(number), f"{number:,}"
    title, office = rng.choice(
        [
            ("Predsednik", "President"),
            ("Ministar", "Minister"),
            ("Premijer", "Prime Minister"),
            ("Direktor", "Director"),
            ("Profesor", "Professor"),
            ("Guverner", "Governor"),
            ("Poslanik", "MP"),
        ]
    )
    options: list[Callable[[], Line]] = [
        lambda: (f"{day}. {months[month]} {year}.", f"{day} {_MONTHS[month]} {year}"),
        lambda: (f"{day}. {months[month]} {year}. godine", f"{_MONTHS[month]} {day}, {year}"),
        lambda: (
            f"U {_HBS_DAYS[week]}, {day}. {months[month]} {year}. godine, {name} je stigao u grad.",
            f"On {_DAYS[week]}, {_MONTHS[month]} {day}, {year}, {name} arrived in the city.",
        ),
        lambda: (f"To se dogodilo {day}. {months[month]}.", f"It happened on {_MONTHS[month]} {day}."),
        lambda: (f"Cena je porasla za {comma} odsto.", f"The price rose by {decimal} percent."),
        lambda: (f"Cijena je pala za {comma}%.", f"The price fell by {decimal}%."),
        lambda: (
            f"Cena bitkoina je porasla na {count} dolara.",
            f"The price of bitcoin rose to {counted} dollars.",
        ),
        lambda: (
            f"Vrednost kriptovalute iznosi {comma} milijardi dolara.",
            f"The value of the cryptocurrency is {decimal} billion dollars.",
        ),
        lambda: (f"{count} evra", f"{counted} euros"),
        lambda: (f"{comma} miliona evra", f"{decimal} million euros"),
        lambda: (f"${count}", f"${counted}"),
        lambda: (f"U gradu živi {count} ljudi.", f"{counted} people live in the city."),
        lambda: (
            f"Sastanak počinje u {day % 24}:{number % 60:02d}.",
            f"The meeting starts at {day % 24}:{number % 60:02d}.",
        ),
        lambda: (f"{title} {name} je rekao da se slaže.", f"{office} {name} said that he agreed."),
        lambda: (
            f"{title} {name} izjavio je da se ne slaže.",
            f"{office} {name} said that he did not agree.",
        ),
        lambda: (f"{name} je rekao:", f"{name} said:"),
        lambda: (f"Razgovarao je sa {instrumental}.", f"He talked with {name}."),
        lambda: (f"Prema rečima {genitive}, to nije tačno.", f"According to {name}, this is not true."),
        lambda: (f"Izjava {genitive} izazvala je reakcije.", f"The statement of {name} caused reactions."),
        lambda: (f"{name} i {surname2}", f"{name} and {surname2}"),
        lambda: (f"Gospodin {name}", f"Mr. {name}"),
        lambda: (f"{title} {name} sastao se sa {instrumental2}.", f"{office} {name} met with {surname2}."),
        lambda: (name, name),
    ]
    surname2 = surname(rng)
    instrumental2 = surname2 + ("em" if surname2.endswith("ić") else "om")
    return rng.choice(options)()


def _slavic(rng: random.Random) -> Line:
    language = rng.randrange(4)
    months, year_of = _SLAVIC_MONTHS[language].split(), _YEAR[language]
    month, day, year = rng.randrange(12), rng.randint(1, 31), rng.randint(1900, 2035)
    name, decimal, number = surname(rng), _decimal(rng), _whole(rng)
    english, comma = english_spelling(name), decimal.replace(".", ",")
    spaced, counted = f"{number:,}".replace(",", " "), f"{number:,}"
    president = "Президент", "Президент", "Президентът", "Претседателот"
    said = "заявил", "заявив", "заяви", "изјави"
    rise = (
        "Цена выросла на {}%.",
        "Ціна зросла на {}%.",
        "Цената се повиши с {}%.",
        "Цената порасна за {}%.",
    )
    money = "{} миллионов долларов", "{} мільйонів доларів", "{} милиона долара", "{} милиони долари"
    people = "{} человек", "{} осіб", "{} души", "{} луѓе"
    return rng.choice(
        [
            (f"{day} {months[month]} {year_of.format(year)}", f"{_MONTHS[month]} {day}, {year}"),
            (f"{day} {months[month]}", f"{day} {_MONTHS[month]}"),
            (f"{president[language]} {name} {said[language]}:", f"President {english} said:"),
            (name, english),
            (rise[language].format(comma), f"The price rose by {decimal}%."),
            (money[language].format(comma), f"{decimal} million dollars"),
            (people[language].format(spaced), f"{counted} people"),
        ]
    )


def _zh(rng: random.Random) -> Line:
    month, day, year = rng.randint(1, 12), rng.randint(1, 28), rng.randint(1900, 2035)
    decimal, number = _decimal(rng), _whole(rng)
    small = rng.randint(1, 99)
    currency, named = rng.choice(
        [("美元", "US dollars"), ("元", "yuan"), ("欧元", "euros"), ("人", "people"), ("英镑", "pounds")]
    )
    english_month = _MONTHS[month - 1]
    return rng.choice(
        [
            (f"{year}年{month}月{day}日", f"{english_month} {day}, {year}"),
            (f"{year}年{month}月", f"{english_month} {year}"),
            (f"{month}月{day}日", f"{english_month} {day}"),
            (f"在{year}年{month}月{day}日，", f"On {english_month} {day}, {year},"),
            (
                f"{small}亿{currency}",
                f"{small * 100:,} million {named}" if small < 10 else f"{small / 10:g} billion {named}",
            ),
            (f"{small}万{currency}", f"{small * 10_000:,} {named}"),
            (f"{small}.5万{currency}", f"{small * 10_000 + 5000:,} {named}"),
            (f"{number}{currency}", f"{number:,} {named}"),
            (f"价格上涨了{decimal}%。", f"The price rose by {decimal}%."),
            (f"价格下跌了{decimal}%。", f"The price fell by {decimal}%."),
            (f"比特币的价格为{number}美元。", f"The price of bitcoin is {number:,} US dollars."),
            (f"上午{small % 12 + 1}点{day:02d}分", f"{small % 12 + 1}:{day:02d} a.m."),
        ]
    )


def synthetic(rng: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Yield group, language, text and English of generated lines."""
    for group, make in (("hbs", _hbs), ("slavic", _slavic), ("zh", _zh)):
        language = {"slavic": "ru"}.get(group, group)
        for text, english in sorted({make(rng) for _ in range(LINES[group])}):
            yield group, language, text, english
