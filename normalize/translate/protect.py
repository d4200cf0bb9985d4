"""What must pass through translation unharmed, and how it is kept out of the model's reach.

URLs, e-mail addresses, code, hashtags, handles and placeholders are taken out of the sentence. At its
ends they are cut off; inside, a number stands in for each, since a number is what translation models
copy best, and is exchanged afterwards. Where the number does not come through, the sentence is
translated in parts, around what must be kept.

The number that a translation widget lost (`КСНУМКС`, the trace of XNUMX) is treated alike: a plausible
number is translated in its place, and `[number lost in source]` written for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from normalize.toml import load_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

LOST_NUMBER = "[number lost in source]"

_TLD = (
    "com|org|net|edu|gov|mil|int|info|biz|io|co|me|tv|ai|app|dev|news|online|site|shop|blog|eu|us|uk|rs|ba|hr|"
    "si|mk|bg|ru|ua|by|kz|cn|tw|hk|jp|kr|de|at|ch|fr|be|nl|es|pt|it|pl|cz|sk|hu|ro|gr|tr|ir|in|id|br|mx|ca|au|"
    "nz|za|il|ge|am|az|uz|kg|рф|срб|бел|укр|қаз|中国"
)
_HARD = regex.compile(
    rf"""
      (?P<url> (?: (?:https?|ftp|file)://[^\s<>"“”„«»‚‘’，。；：！？（）「」【】]+
               | www\.[^\s<>"“”„«»，。；：！？（）「」【】]+
               | (?<![\w@.-]) (?:[\w-]+\.)+ (?:{_TLD})
                 (?: /[^\s<>"“”„«»，。；：！？（）「」【】]* )? (?![\w-]) (?!\.\w) ) )
    | (?P<email> (?<![\w.+-]) [A-Za-z0-9._%+-]+ @ [A-Za-z0-9-]+ (?:\.[A-Za-z0-9-]+)+ )
    | (?P<code> `[^`\n]+` | \$\([A-Za-z0-9_]+\) | \$\{{[^}}\n]*\}} | \{{\{{?[\w.: -]*\}}?\}}
              | %(?:\(\w+\))?[sdif](?!\w)
              | </?[A-Za-z][^<>\n]*> | &\w+; )
    | (?P<tag> (?<![\w&]) [#@] (?=[\p{{L}}_]) [\w]+ (?: \.[\w]+ )* )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_LATIN_NAMES = regex.compile(
    r"(?<![\p{L}\p{N}])[A-Z][\p{Latin}\p{N}]+(?:[-.&’' ][\p{Latin}][\p{Latin}\p{N}]*)*(?![\p{L}\p{N}])"
)
_TRAILING = regex.compile(r"[.,;:!?'’)\]]+$")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of the source that the output has to hold; `lost` if it is the trace of a number."""

    start: int
    end: int
    text: str
    lost: bool = False


@lru_cache(maxsize=1)
def _traces() -> regex.Pattern[str]:
    data = load_toml(Path(__file__).with_name("traces.toml"))
    words = "|".join(regex.escape(word) for word in sorted(data["number"], key=len, reverse=True))
    return regex.compile(rf"(?:{words})(?:[.,:]?(?:{words}))*", regex.IGNORECASE)


def lost_numbers(text: str) -> list[tuple[int, int]]:
    """Where a translation widget put a trace (`КСНУМКС`, `XNUMX`) for a number.

    >>> lost_numbers("Јануари КСНУМКС.")
    [(8, 15)]
    """
    return [match.span() for match in _traces().finditer(text)]


def find(text: str, *, names: bool = False) -> list[Kept]:
    """What is to be kept, in order; with `names` also words in Latin letters, for text of another script."""
    found = [Kept(*match.span(), match.group()) for match in _LATIN_NAMES.finditer(text)] if names else []
    for match in _HARD.finditer(text):
        start, end = match.span()
        if match["url"]:
            end = _url_end(text, start, end)
        found.append(Kept(start, end, text[start:end]))
    found += [Kept(start, end, LOST_NUMBER, lost=True) for start, end in lost_numbers(text)]
    found.sort(key=lambda kept: (kept.start, -kept.end))
    clean: list[Kept] = []
    for kept in found:
        if not clean or kept.start >= clean[-1].end:
            clean.append(kept)
    return clean


def _url_end(text: str, start: int, end: int) -> int:
    """Without the full stop or bracket that belongs to the sentence."""
    while trailing := _TRAILING.search(text, start, end):
        mark = text[end - 1]
        if mark in ")]" and text.count("(["[mark == "]"], start, end) >= text.count(mark, start, end):
            break
        if trailing.start() < end:
            end -= 1
    return end


@dataclass(frozen=True, slots=True)
class Shielded:
    """A sentence as the model gets it, and what to put back: `marks` are pairs of number and text."""

    head: str
    text: str
    tail: str
    marks: tuple[tuple[str, str], ...] = ()

    def restore(self, output: str) -> str | None:
        """The output with everything put back; None if a number did not come through exactly once."""
        for mark, original in self.marks:
            pattern = _as_written(mark)
            if len(pattern.findall(output)) != 1:
                return None
            output = pattern.sub(lambda _, text=original: text, output, count=1)  # type: ignore[misc]
        return output if not (self.head or self.tail) else join([self.head, output, self.tail])


@lru_cache(maxsize=256)
def _as_written(mark: str) -> regex.Pattern[str]:
    """A stand-in number as a model may write it: 5,183, or 18th for 18."""
    digits = "[,.]?".join([mark[0], mark[1:]]) if len(mark) == 4 else mark
    return regex.compile(rf"(?<!\d)(?<!\d[.,]){digits}(?:st|nd|rd|th)?(?![.,]?\d)")


def _stand_ins(text: str, kept: Sequence[Kept]) -> list[str]:
    """Numbers that the text does not have: small ones where a number was, long ones for the rest."""
    small = (str(n) for n in (17, 18, 16, 19, 14, 13, 23, 26, 27, 29, 24, 28))
    large = (str(n) for n in range(5183, 9999, 74))
    chosen = []
    for item in kept:
        source = small if item.lost else large
        chosen.append(next((n for n in source if n not in text), "7351"))
    return chosen


def shield(text: str, *, names: bool = False) -> Shielded:
    """Take what must be kept out of a sentence, or put numbers in its place."""
    kept = find(text, names=names)
    head = tail = ""
    while kept and not kept[0].lost and not text[: kept[0].start].strip(" \"'([„“«—–-"):
        cut = kept[0].end
        while cut < len(text) and text[cut] in " ,:;)]":
            cut += 1
        head += text[:cut]
        text, kept = text[cut:], [_moved(item, -cut) for item in kept[1:]]
    while kept and not kept[-1].lost and not text[kept[-1].end :].strip(" \"').]”“»!?…。！？"):
        cut = kept[-1].start
        while cut > 0 and text[cut - 1] in " (":
            cut -= 1
        tail = text[cut:] + tail
        text, kept = text[:cut], kept[:-1]
    marks = _stand_ins(text, kept)
    out, at = [], 0
    for item, mark in zip(kept, marks, strict=True):
        before = text[at : item.start]
        glued = before[-1:].isalnum() and not _spaceless(before[-1:])
        after = text[item.end : item.end + 1]
        out += [before, " " if glued else "", mark, " " if after.isalnum() and not _spaceless(after) else ""]
        at = item.end
    out.append(text[at:])
    return Shielded(head, "".join(out), tail, tuple((m, k.text) for m, k in zip(marks, kept, strict=True)))


def _moved(item: Kept, by: int) -> Kept:
    return Kept(item.start + by, item.end + by, item.text, item.lost)


def _spaceless(letter: str) -> bool:
    return bool(regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", letter))


def parts(text: str) -> list[tuple[str, bool]]:
    """The sentence in parts, each with True if it is to be kept as it is."""
    found, at = [], 0
    for item in find(text):
        if text[at : item.start]:
            found.append((text[at : item.start], False))
        found.append((item.text, True))
        at = item.end
    if text[at:]:
        found.append((text[at:], False))
    return found


def join(pieces: Sequence[str]) -> str:
    """Pieces of a sentence put together again with a space where words would touch."""
    out = ""
    for piece in pieces:
        touch = bool(out and piece) and not out[-1].isspace() and not piece[0].isspace()
        if touch and piece[0] not in ".,;:!?)]”’…" and out[-1] not in "([“‘":
            out += " "
        out += piece
    return out.strip()
