"""Names of places, languages and currencies out of message catalogues and Unicode's locale data.

    python gazetteer.py FOLDER OUT

``FOLDER`` is where the locale files of Debian's ``iso-codes`` and ``libgweather-4-common`` were
unpacked (``dpkg -x PACKAGE FOLDER``); Unicode's data (CLDR) comes with the package ``babel``. ``OUT``
gets ``<pair>-en.names.tsv.xz``, in the form that ``prepare.py`` reads. Serbian writes foreign names
as they are heard (``Уагадугу``), so they must be learnt one by one.
"""

from __future__ import annotations

import argparse
import gettext
import lzma
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Locale of a catalogue: the pack that its names go to, and the language there.
LOCALES = {
    "sr": ("hbs", "sr"),
    "hr": ("hbs", "hr"),
    "bs": ("hbs", "bs"),
    "zh_CN": ("zh", "zh-CN"),
    "zh_TW": ("zh", "zh-TW"),
    "ru": ("ru", "ru"),
    "uk": ("uk", "uk"),
    "bg": ("bg", "bg"),
    "mk": ("mk", "mk"),
}
CATALOGUES = {
    "iso_3166-1": "iso-codes",
    "iso_3166-2": "iso-codes",
    "iso_3166-3": "iso-codes",
    "iso_639-2": "iso-codes",
    "iso_4217": "iso-codes",
    "libgweather-4.0-locations": "libgweather",
}
CLDR = {"zh_CN": "zh_Hans_CN", "zh_TW": "zh_Hant_TW", "sr": "sr_Cyrl_RS"}

Name = tuple[str, str, str]


def from_catalogues(folder: Path, locale: str) -> Iterator[Name]:
    """Source, name and English of each message in the catalogues of one locale."""
    for catalogue, source in CATALOGUES.items():
        for path in sorted(folder.glob(f"**/{locale}/LC_MESSAGES/{catalogue}.mo")):
            with path.open("rb") as file:
                messages = vars(gettext.GNUTranslations(file))["_catalog"]
            for english, name in messages.items():
                if isinstance(english, str) and english and name:
                    yield source, name, english.rpartition("\4")[2]


def from_cldr(locale: str) -> Iterator[Name]:
    """Source, name and English of territories, cities, languages, currencies and months."""
    there, english = Locale.parse(CLDR.get(locale, locale)), Locale.parse("en")
    for table in ("territories", "languages", "currencies"):
        names = getattr(there, table)
        for code, name in getattr(english, table).items():
            if code in names:
                yield "cldr", names[code], name
    for zone, data in there.time_zones.items():
        city = english.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        if "city" in data:
            yield "cldr", data["city"], city


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args(argv)
    packs: dict[str, dict[str, None]] = defaultdict(dict)
    for locale, (pair, language) in LOCALES.items():
        for source, name, english in (*from_catalogues(args.folder, locale), *from_cldr(locale)):
            if name != english and len(english) < 60 and not any(c in name + english for c in "\t\n;%"):
                packs[pair].setdefault(f"names-{source}\t{language}\t{name}\t{english}\n")
    for pair, rows in packs.items():
        with lzma.open(args.out / f"{pair}-en.names.tsv.xz", "wt", encoding="utf-8") as out:
            out.writelines(rows)
        print(pair, len(rows), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
