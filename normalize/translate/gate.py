"""The checks that every translated sentence has to pass, whoever translated it.

Each check names a flag. The source and its translation are all that a check knows: no model is asked.
A false alarm costs a second try; a broken sentence that passes is what users complain about.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from normalize.toml import load_toml
from normalize.translate import lexicon, numerals, protect
from normalize.translate.letters import plain, to_latin

if TYPE_CHECKING:
    from collections.abc import Callable

#: Every flag that a check may set, with its weight when several attempts all fail.
FLAGS: dict[str, float] = {
    "empty": 100,
    "copied": 40,
    "source-script": 30,
    "wrong-language": 25,
    "repetition": 20,
    "boilerplate": 12,
    "garbled": 10,
    "truncated": 8,
    "length": 8,
    "number-missing": 5,
    "number-invented": 5,
    "currency": 3,
    "unfaithful": 15,
    "name-missing": 1,
    "protected-missing": 50,
}

#: A text with one of these is no translation of its source, however fluent: to show it would be to invent.
FATAL = frozenset({"unfaithful", "wrong-language", "copied", "empty"})

_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’\-][\p{L}\p{M}]+)*")
_FOREIGN = regex.compile(r"(?=\p{L})[^\p{Latin}\p{Common}\p{Inherited}]")
_GREEK_SYMBOL = regex.compile(r"(?<![\p{Greek}])[αβγδεζηθλμνπρστφχψωΔΣΩΦΨΛΓΠ](?![\p{Greek}])")
_NOT_ENGLISH = regex.compile(r"[\p{Latin}--[a-zA-Z]]", regex.VERSION1)
_SMALL_WORD = regex.compile(r"(?<![\p{L}\p{N}'’-])\p{Ll}\p{L}+(?![\p{L}\p{N}])")
_CASED = regex.compile(r"[\p{Lu}\p{Ll}]")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_END = '.!?…。！？"”’»)]:;'
_LOOP = regex.compile(r"(.{2,40}?)\1{3,}|([^\s.\-_=*~…])\2{7,}")
_UNKNOWN = regex.compile(r"⁇|\ufffd|<unk>|<0x[0-9A-F]{2}>|▁")
_LATIN_NAME = regex.compile(r"(?<![\p{L}\p{N}])[A-Z][A-Za-z0-9]+(?:[-.&][A-Za-z0-9]+)*(?![\p{L}\p{N}])")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return load_toml(Path(__file__).with_name("gate.toml"))


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Small English words that any sentence has some of."""
    return frozenset(_data()["english"]["function_words"])


def words(text: str) -> list[str]:
    """The words of a text, lower-cased; letters of scripts without spaces count one by one."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        if _CJK.search(word):
            found += list(word)
        else:
            found.append(word)
    return found


def stem(word: str) -> str:
    """An English word without its commonest endings."""
    for ending in (
        "ations",
        "ation",
        "ingly",
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "ed",
        "es",
        "ly",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    common = function_words()
    return frozenset(stem(word) for word in words(text) if word not in common and len(word) > 2)


def badness(flags: list[str]) -> float:
    """How bad a translation with these flags is; 0 without any."""
    return sum(FLAGS.get(flag, 0.0) for flag in flags)


def check(source: str, output: str, lang: str) -> list[str]:
    """The flags of a translated sentence, none if it passes.

    Args:
        source: The sentence.
        output: Its English.
        lang: Language of the source, ISO 639.
    """
    if not _LETTER.search(source):
        return []
    if not regex.search(r"[\p{L}\p{N}]", output):
        return ["empty"]
    case = _Case(source, output, lang, words(source), words(output))
    return [flag for flag, found in _CHECKS.items() if found(case)]


@dataclass(frozen=True)
class _Case:
    source: str
    output: str
    lang: str
    mine: list[str]
    theirs: list[str]

    @cached_property
    def kept(self) -> list[str]:
        """What has to be in the output as it is."""
        return [kept.text for kept in protect.find(self.source)]

    @cached_property
    def free(self) -> str:
        """The output without that."""
        text = self.output
        for kept in self.kept:
            text = text.replace(kept, " ")
        return text

    @cached_property
    def numbers(self) -> numerals.Comparison:
        return numerals.compare(self.source, self.output, self.lang)

    @cached_property
    def copied(self) -> bool:
        return _copied(self)

    @cached_property
    def length(self) -> str:
        return _length(self.source, self.output, self.lang)


def _copied(case: _Case) -> bool:
    """The source came out as it went in, or only in other letters."""
    mine, theirs = case.mine, words(case.free)
    if not mine or not theirs:
        return False
    known = set(mine) | {to_latin(word) for word in mine}
    # Words that begin with a capital may be names, and names are meant to be copied.
    shouted = case.output.isupper() and len(theirs) > 1
    said = [
        match.group().casefold()
        for match in _WORD.finditer(case.free)
        if (shouted or match.group()[0].islower() or not _CASED.match(match.group()))
        and match.group().casefold() not in function_words()
    ]
    same = [word for word in said if word in known and not word.isdigit()]
    if all(word in known for word in theirs) and (
        len(same) > 1 or any(_FOREIGN.match(word) for word in theirs)
    ):
        return True
    long = [word for word in same if len(word) > 2]
    return len(said) >= 3 and len(long) >= max(2, 0.38 * len(said))


def _repeats(mine: list[str], theirs: list[str], source: str, output: str) -> bool:
    if _LOOP.search(output) and not _LOOP.search(source):
        return True
    own = _most_repeated(mine)
    if _most_repeated(theirs) > max(1, own) + (1 if len(theirs) > 60 else 0):
        return True
    run = longest = 1
    for before, after in itertools.pairwise(theirs):
        run = run + 1 if before == after and not after.isdigit() else 1
        longest = max(longest, run)
    if longest >= 3 and not _runs(mine, longest):
        return True
    pairs = Counter(itertools.pairwise(theirs))
    if len(theirs) >= 9 and pairs:
        # `of the city of the city of the`
        adjacent = max(
            (_adjacent(theirs, size) for size in (2, 3)),
            default=0,
        )
        if adjacent >= 3 and max((_adjacent(mine, size) for size in (1, 2, 3)), default=0) < 3:
            return True
    return len(theirs) >= 24 and len(set(theirs)) < 0.38 * len(theirs) and len(set(mine)) > 0.5 * len(mine)


def _most_repeated(tokens: list[str], size: int = 4) -> int:
    grams = Counter(tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1))
    return max(grams.values(), default=0)


def _runs(tokens: list[str], length: int) -> bool:
    run = 1
    for before, after in itertools.pairwise(tokens):
        run = run + 1 if before == after else 1
        if run >= length:
            return True
    return False


def _adjacent(tokens: list[str], size: int) -> int:
    """How often some `size` tokens follow upon themselves."""
    best = 1
    for start in range(len(tokens) - size):
        count, gram = 1, tokens[start : start + size]
        at = start + size
        while tokens[at : at + size] == gram:
            count += 1
            at += size
        best = max(best, count)
    return best


def length_ratio(lang: str) -> float:
    """Characters of English for one character of the language, in ordinary prose."""
    ratios = _data()["length"]["ratio"]
    return float(ratios.get(lang, _data()["length"]["other"]))


def _length(source: str, output: str, lang: str) -> str:
    source = source.strip()
    # Latin names and numbers inside Chinese are as long in English as they were.
    dense = len(_CJK.findall(source)) if length_ratio(lang) > 1.5 else len(source)
    expected = max(1.0, dense * length_ratio(lang) + (len(source) - dense))
    ratio = len(output.strip()) / expected
    slack = 12 / expected
    short = min(0.2, 5 / expected)
    limits = _data()["length"]
    if ratio > limits["high"] + 2 * slack:
        return "length"
    if ratio < limits["low"] - short:
        return "truncated"
    return ""


def _cut_off(source: str, output: str, theirs: list[str]) -> bool:
    """The output stops in the middle: on a word that wants another, or on an open bracket."""
    out = output.rstrip()
    ends_well = source.rstrip()[-1:] in ".!?…。！？"
    if out[-1:] == "," and source.rstrip()[-1:] not in ",，、":
        return True
    if ends_well and out[-1:] not in _END:
        last = theirs[-1] if theirs else ""
        if last in _data()["english"]["never_last"]:
            return True
    return bool(
        out.count("(") > out.count(")")
        and source.count("(") + source.count("（") <= source.count(")") + source.count("）")
    )


def _boilerplate(source: str, output: str) -> bool:
    folded, low = output.casefold(), source.casefold()
    return any(
        any(phrase in folded for phrase in row["says"]) and not any(stem in low for stem in row["from"])
        for row in _data()["boilerplate"]
    )


def _not_english(output: str, theirs: list[str]) -> bool:
    lower = [m.group() for m in _WORD.finditer(output) if m.group()[0].islower()]
    odd = [word for word in lower if _NOT_ENGLISH.search(word)]
    loans = _data()["english"]["with_marks"]
    odd = [word for word in odd if word.casefold() not in loans]
    if len(odd) >= 2 and len(odd) > 0.15 * len(lower):
        return True
    foreign = _data()["foreign"]["function_words"]
    strange = sum(word in foreign for word in theirs)
    common = sum(word in function_words() for word in theirs)
    if len(theirs) >= 4 and strange > common + 1 and strange >= 0.15 * len(theirs):
        return True
    return len(lower) >= 8 and common == 0


def _currency(source: str, output: str) -> bool:
    folded = output.casefold()
    return any(
        sign in source and not any(name in folded for name in names)
        for sign, names in _data()["currency"].items()
    ) or bool(regex.search(r"\d\s*[%％‰]", source) and not regex.search(r"%|per\s?cent|\bpct\b", folded))


def _names_missing(source: str, output: str) -> bool:
    """Latin names inside text of another script belong into the English as they are."""
    letters = _LETTER.findall(source)
    foreign = sum(1 for letter in letters if _FOREIGN.match(letter))
    if foreign < 0.4 * len(letters):
        return False
    folded = plain(output)
    return any(plain(match.group()) not in folded for match in _LATIN_NAME.finditer(source))


def _garbled(case: _Case) -> bool:
    """Marks of unknown pieces, or words that no English reader knows."""
    if _UNKNOWN.search(case.output) and not _UNKNOWN.search(case.source):
        return True
    known = set(case.mine)
    small = [m.group() for m in _SMALL_WORD.finditer(case.free) if m.group() not in known]
    strange = {word for word in small if not is_english(word)}
    return len(strange) >= 2 and len(strange) > 0.15 * len(small)


def is_english(word: str) -> bool:
    """True for a word of common English, in any form."""
    from normalize.identify.lexicon import lexicon as words_of

    english = words_of().english
    word = word.casefold()
    return word in english or stem(word) in english


def _unfaithful(case: _Case) -> bool:
    """Fluent English that has nothing to do with the source, as far as the word lists know."""
    known, hit = lexicon.coverage(case.source, content(case.output), case.lang, stem)
    limits = _data()["faithful"]
    least, share = limits.get(case.lang, limits["other"])
    return bool(known >= least and hit < share * known)


_CHECKS: dict[str, Callable[[_Case], bool]] = {
    "copied": lambda case: case.copied,
    "source-script": lambda case: bool(_FOREIGN.search(_GREEK_SYMBOL.sub("", case.free))),
    "repetition": lambda case: _repeats(case.mine, case.theirs, case.source, case.output),
    "length": lambda case: case.length == "length",
    "truncated": lambda case: (
        case.length == "truncated" or (not case.length and _cut_off(case.source, case.output, case.theirs))
    ),
    "garbled": lambda case: _garbled(case),
    "boilerplate": lambda case: _boilerplate(case.source, case.output),
    "wrong-language": lambda case: not case.copied and _not_english(case.output, case.theirs),
    "number-missing": lambda case: bool(case.numbers.missing),
    "number-invented": lambda case: bool(case.numbers.invented),
    "currency": lambda case: _currency(case.source, case.output),
    "name-missing": lambda case: _names_missing(case.source, case.output),
    "unfaithful": lambda case: _unfaithful(case),
    "protected-missing": lambda case: any(kept not in case.output for kept in case.kept),
}
