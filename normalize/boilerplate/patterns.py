"""What clutter says: patterns by category and language, kept as data.

One TOML file per category in `patterns/`. A pattern is written for the plain form of a line (small
letters, plain quotation marks and dashes: `text.plain`) and has:

* `id`, `languages`;
* `regex`;
* `at`: `line` (the whole line matches), `start` (the line begins so), `inside` (it stands anywhere in
  the line; the line goes) or `sentence` (the sentence with it goes, the rest of the line stays);
* `words`, for the last two: one of them must stand in the line before the regex is tried at all;
* `limit`: the longest line (in characters) that it may take out;
* `match` and `no_match`: examples, run by the tests from the file itself.

A pattern for `sr`, `hr` or `bs` is written in Latin letters and works in Cyrillic as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from normalize.boilerplate.options import CATEGORIES
from normalize.boilerplate.text import plain
from normalize.errors import CannotStartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normalize.document import Category

Place = Literal["line", "start", "inside", "sentence"]
_PLACES = frozenset({"line", "start", "inside", "sentence"})
_LIMITS = {"line": 600, "start": 320, "inside": 900, "sentence": 100_000}
_TOKEN = re.compile(r"\\.|\(\?[:=!<]+|[^\W\d_]+|.", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_LETTERS = dict(zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True))
# Bullets, arrows and brackets around a line say nothing; a pattern need not provide for them.
_AROUND = " \t-*•·–—|»«›‹>→←▸►▶↑↓+"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of a pattern file."""

    id: str
    category: Category
    languages: tuple[str, ...]
    at: Place
    regex: str
    words: tuple[str, ...]
    limit: int
    match: tuple[str, ...]
    no_match: tuple[str, ...]

    @property
    def rule(self) -> str:
        """Name of the rule in the removal ledger."""
        return f"pattern:{self.category}/{self.id}"


def to_cyrillic(latin: str) -> str:
    """Serbian Latin in Serbian Cyrillic; letters that Serbian lacks stay."""
    for digraph, letter in _DIGRAPHS.items():
        latin = latin.replace(digraph, letter)
    return "".join(_LETTERS.get(letter, letter) for letter in latin)


def _cyrillic_regex(regex: str) -> str:
    """The same regular expression for Cyrillic: letters change, escapes and group marks do not."""
    return "".join(
        token if token[0] == "\\" or token.startswith("(?") else to_cyrillic(token)
        for token in _TOKEN.findall(regex)
    )


def parse(data: dict[str, Any], where: str) -> list[Pattern]:
    """The patterns of one file.

    Args:
        data: The parsed TOML.
        where: Name of the file, for messages.

    Raises:
        CannotStartError: The file is not a pattern file; the message says what is wrong with it.
    """
    found = []
    for entry in data.get("pattern", []):
        name = entry.get("id", "?")
        category = entry.get("category", data.get("category", "other"))
        at = entry.get("at", "line")
        regex = entry.get("regex")
        words = tuple(entry.get("words", ()))
        problem = (
            "has no `regex`" if not isinstance(regex, str)
            else f"has the unknown category {category!r}" if category not in CATEGORIES
            else f"has the unknown place {at!r}" if at not in _PLACES
            else None
        )  # fmt: skip
        if problem is None:
            try:
                re.compile(regex)
            except re.error as error:
                problem = f"is no regular expression: {error}"
        if problem:
            raise CannotStartError(f"{where}: pattern {name!r} {problem}")
        found.append(
            Pattern(
                id=name,
                category=category,
                languages=tuple(entry.get("languages", ())),
                at=at,
                regex=regex,
                words=words,
                limit=entry.get("limit", _LIMITS[at]),
                match=tuple(entry.get("match", ())),
                no_match=tuple(entry.get("no_match", ())),
            )
        )
    return found


def load(path: str | Path) -> list[Pattern]:
    """The patterns of a user's own file.

    Raises:
        CannotStartError: The file cannot be read or is not a pattern file.
    """
    try:
        raw = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStartError(f"{path}: cannot read this pattern file: {error}") from error
    return parse(read_toml(raw, str(path)), str(path))


@lru_cache(maxsize=1)
def builtin() -> tuple[Pattern, ...]:
    """All patterns that come with the package, in the order of the file names."""
    folder = resources.files("normalize.boilerplate") / "patterns"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return tuple(
        pattern
        for file in files
        for pattern in parse(read_toml(file.read_text(encoding="utf-8"), file.name), file.name)
    )


def read_toml(raw: str, where: str) -> dict[str, Any]:
    """A TOML text as a table.

    Args:
        raw: The text.
        where: Name of its file, for messages.

    Raises:
        CannotStartError: It is no TOML.
    """
    from normalize.toml import parse_toml

    try:
        return parse_toml(raw)
    except ValueError as error:
        raise CannotStartError(f"{where}: not a TOML file: {error}") from error


class Matcher:
    """Many patterns, tried on a line at once.

    Patterns for whole lines and line beginnings become one regular expression each, which fails at the
    first letter for nearly every line; the others are looked up by a word of theirs.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = list(patterns)
        self._line = self._joined("line")
        self._start = self._joined("start")
        self._by_word: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        self._by_part: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        for index, pattern in enumerate(self._patterns):
            if pattern.at in {"inside", "sentence"}:
                self._index(index, pattern)
        words = {word for pattern in self._patterns if pattern.at == "sentence" for word in pattern.words}
        self._sentence_word = (
            re.compile("|".join(map(re.escape, sorted(words))), re.IGNORECASE) if words else None
        )

    def _joined(self, at: Place) -> re.Pattern[str] | None:
        parts = []
        for index, pattern in enumerate(self._patterns):
            if pattern.at == at:
                parts.append(f"(?P<p{index}>{'|'.join(f'(?:{form})' for form in self._forms(pattern))})")
        # A whole line may carry marks at its end that say nothing: `Comments:`, `Share »`.
        tail = r"(?=[\s:.»›>→…!|\]\)*-]*\Z)" if at == "line" else ""
        return re.compile(f"(?:{'|'.join(parts)}){tail}") if parts else None

    @staticmethod
    def _forms(pattern: Pattern) -> list[str]:
        if {"sr", "hr", "bs"} & set(pattern.languages):
            return [pattern.regex, _cyrillic_regex(pattern.regex)]
        return [pattern.regex]

    def _index(self, index: int, pattern: Pattern) -> None:
        regex = re.compile("|".join(f"(?:{form})" for form in self._forms(pattern)))
        both = bool({"sr", "hr", "bs"} & set(pattern.languages))
        words = pattern.words or ("",)
        for word in (*words, *(map(to_cyrillic, words) if both else ())):
            # Chinese puts no spaces between words.
            whole = _WORD.fullmatch(word) and "zh" not in pattern.languages
            table = self._by_word if whole else self._by_part
            table.setdefault(word, []).append((index, regex))

    def line(self, text: str) -> Pattern | None:
        """The pattern that takes the whole line out, if there is one.

        Args:
            text: The line, in its plain form (`text.plain`).
        """
        text = text.strip(_AROUND)
        for joined in (self._line, self._start):
            match = joined.match(text) if joined else None
            if match and match.lastgroup:
                pattern = self._patterns[int(match.lastgroup[1:])]
                if len(text) <= pattern.limit:
                    return pattern
        return self._found(text, "inside")

    def sentence(self, text: str) -> Pattern | None:
        """The pattern that takes this sentence out of its line (plain form)."""
        return self._found(text, "sentence")

    def has_sentence_word(self, text: str) -> bool:
        """Whether it is worth cutting this line (as it is) into sentences."""
        return self._sentence_word is not None and self._sentence_word.search(text) is not None

    def _candidates(self, text: str) -> Sequence[tuple[int, re.Pattern[str]]]:
        found: list[tuple[int, re.Pattern[str]]] = []
        for word in set(_WORD.findall(text)) & self._by_word.keys():
            found += self._by_word[word]
        for part, entries in self._by_part.items():
            if part in text:
                found += entries
        return sorted(found, key=lambda entry: entry[0]) if len(found) > 1 else found

    def _found(self, text: str, at: Place) -> Pattern | None:
        for index, regex in self._candidates(text):
            pattern = self._patterns[index]
            if pattern.at == at and len(text) <= pattern.limit and regex.search(text):
                return pattern
        return None


def normal_form(line: str) -> str:
    """The form of a line that patterns are tried on."""
    return plain(line).strip(_AROUND)
