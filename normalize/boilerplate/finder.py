"""Weighs the evidence and decides, line by line, what is left out of a document."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from normalize import metadata as stated
from normalize.boilerplate import classifier, structure
from normalize.boilerplate.features import announced, line_shape
from normalize.boilerplate.headline import find_headline
from normalize.boilerplate.options import CATEGORIES, BoilerplateOptions, Verdict
from normalize.boilerplate.patterns import Matcher, builtin, load
from normalize.boilerplate.repetition import repeated_passages
from normalize.boilerplate.text import plain, split_lines
from normalize.document import Removal
from normalize.errors import CannotStartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normalize.boilerplate.features import LineShape
    from normalize.boilerplate.patterns import Pattern
    from normalize.boilerplate.repetition import LineRepetition
    from normalize.boilerplate.text import Line
    from normalize.document import Category, Document, Metadata

# Kept prose under this share of all prose means that the rules were wrong about the document.
_LEAST_KEPT = 1 / 3
# So many letters of prose are a document, whatever was taken away from around them.
_ENOUGH_LETTERS = 300
# Fewer letters than this, and no sentence among them, are nothing.
_LEAST_LETTERS = 30
# No pattern looks at longer lines as a whole, nor at longer sentences.
_LONGEST_LINE = 2600
# Bylines and dates stand so many lines around the first line of prose, or at the very end.
_HEAD_LINES, _TAIL_LINES = 12, 12
# The classifier takes a line out above this likelihood, and a long line only above a higher one. Where
# little looks like clutter the same likelihood means less.
_THRESHOLD, _THRESHOLD_CLEAN = 0.4, 0.8
_CLEAN_SHARE = 0.3
_LENGTH_CAUTION, _SURE = 0.1, 0.995
_LIKELY = 0.5
_SURE_ENOUGH = 0.8
# A short line with so much clutter on either side (in lines) is clutter above this likelihood.
_SHORE, _ISLAND_LIKELY, _ISLAND_MOST = 1, 0.1, 90
# How far a line looks for the heading that says what it is, and which categories say nothing of others.
_NEAR = 12
_NOT_CONTAGIOUS = frozenset(
    {"credit", "contact", "copyright", "disclaimer", "separator", "duplicate", "other"}
)
_HEADLINE_SPACES = 4


class _Reason(NamedTuple):
    category: Category
    rule: str
    certain: bool = True


class _Site(NamedTuple):
    match: str
    drop: tuple[re.Pattern[str], ...]
    keep_lines: tuple[re.Pattern[str], ...]
    keep: frozenset[str]


class BoilerplateFinder:
    """Finds what does not belong to the article. Loads its data at the first document; picklable."""

    def __init__(self, options: BoilerplateOptions | None = None) -> None:
        self.options = options or BoilerplateOptions()
        self._matcher: Matcher | None = None
        self._own: Matcher | None = None
        self._sites: list[_Site] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"options": self.options}

    def __setstate__(self, state: dict[str, Any]) -> None:
        BoilerplateFinder.__init__(self, state["options"])

    def check(self) -> None:
        """Load the user's pattern files and site rules now.

        Raises:
            CannotStartError: One of them makes no sense; the message says which and why.
        """
        self._load()

    def find(self, document: Document, repetition: LineRepetition | None = None) -> Verdict:
        """Everything to leave out of a document, and what its head states.

        Args:
            document: Read, repaired; its languages identified.
            repetition: The lines of all documents of the run, if there is such a run.
        """
        self._load()
        text = document.text
        lines = split_lines(text)
        look = _Look(self, document, lines, repetition)
        return look.verdict()

    def find_translated(self, document: Document) -> list[Removal]:
        """Foreign lines whose English, now that there is one, turns out to be clutter."""
        self._load()
        taken = {(removal.start, removal.end) for removal in document.removals}
        site = self._site(document.path)
        found = []
        for span in document.spans:
            if span.action != "translated" or not span.translation or span.kind == "inline":
                continue
            if any(start < span.end and span.start < end for start, end in taken):
                continue
            if not _whole_line(document.text, span.start, span.end):
                continue
            reason, _ = self._says(span.translation, site)
            if reason and not self._kept(reason.category, site):
                found.append(Removal(span.start, span.end, reason.category, f"{reason.rule}@translation"))
        return found

    def _load(self) -> None:
        if self._matcher is None:
            own = [pattern for path in self.options.drop_files for pattern in load(path)]
            self._own = Matcher(own) if own else None
            self._sites = [_parse_site(rule) for rule in self.options.site_rules]
            self._matcher = Matcher(builtin())

    def _site(self, path: str) -> _Site | None:
        for site in self._sites or ():
            if fnmatchcase(path, site.match):
                return site
        return None

    def _kept(self, category: str, site: _Site | None) -> bool:
        return category in self.options.keep or (site is not None and category in site.keep)

    def _says(self, line: str, site: _Site | None) -> tuple[_Reason | None, Pattern | None]:
        """What the user's own rules say of a line, else ours; and which of ours matches it anyway."""
        if len(line) > _LONGEST_LINE:
            return None, None
        form = plain(line)
        pattern = self._matcher.line(form) if self._matcher else None
        if site and any(regex.fullmatch(line) for regex in site.drop):
            return _Reason("other", f"site:{site.match}"), pattern
        own = self._own.line(form) if self._own else None
        if own:
            return _Reason(own.category, f"own:{own.category}/{own.id}"), pattern
        return (_Reason(pattern.category, pattern.rule) if pattern else None), pattern


def _threshold(probability: Sequence[float]) -> float:
    share = sum(likely > _LIKELY for likely in probability) / max(len(probability), 1)
    return _THRESHOLD_CLEAN if share < _CLEAN_SHARE else _THRESHOLD


def _whole_line(text: str, start: int, end: int) -> bool:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    after = text[end : stop if stop >= 0 else len(text)]
    return not before.strip() and not after.strip()


def _parse_site(rule: object) -> _Site:
    match = rule.get("match") if isinstance(rule, Mapping) else None
    if not isinstance(rule, Mapping) or not isinstance(match, str):
        raise CannotStartError(f"a [[site]] table needs `match`, a glob over paths; this one is {rule!r}")
    drop, keep = rule.get("drop", ()), rule.get("keep", ())
    for name, value in (("drop", drop), ("keep", keep)):
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise CannotStartError(f"[[site]] {match!r}: `{name}` must be a list of texts")
    categories = frozenset(item for item in keep if item in CATEGORIES)
    try:
        return _Site(
            match,
            tuple(re.compile(item, re.IGNORECASE) for item in drop),
            tuple(re.compile(item, re.IGNORECASE) for item in keep if item not in categories),
            categories,
        )
    except re.error as error:
        raise CannotStartError(
            f"[[site]] {match!r}: {error.pattern!r} is no regular expression: {error}"
        ) from error


class _Look:
    """One look at one document."""

    def __init__(
        self,
        finder: BoilerplateFinder,
        document: Document,
        lines: list[Line],
        repetition: LineRepetition | None,
    ) -> None:
        self._finder = finder
        self._document = document
        self._text = document.text
        self._lines = lines
        self._site = finder._site(document.path)
        self._reasons: list[_Reason | None] = [None] * len(lines)
        self._protected: set[int] = set()
        self._shapes: list[LineShape] = []
        self._hits: list[Pattern | None] = [None] * len(lines)
        self._probability: list[float] = [0.0] * len(lines)
        self._repetition = repetition
        self._metadata: Metadata = replace(document.metadata)
        self._title: range | None = None

    def verdict(self) -> Verdict:
        self._patterns()
        self._furniture()
        self._layout()
        self._classifier()
        self._head()
        self._take_title()
        flags = self._keep_whole()
        if flags:
            self._reasons = [None] * len(self._lines)
            removals = []
        else:
            removals = self._removals()
        return Verdict(removals, self._metadata, flags, self._title_range())

    # Evidence

    def _set(self, index: int, reason: _Reason) -> None:
        if self._reasons[index] is None and self._may_go(index, reason):
            self._reasons[index] = reason

    def _may_go(self, index: int, reason: _Reason) -> bool:
        if index in self._protected:
            return False
        if self._finder._kept(reason.category, self._site):
            # What the user wants to keep stays, whatever else speaks against it.
            self._protected.add(index)
            return False
        line = self._lines[index].text
        return not (self._site and any(regex.search(line) for regex in self._site.keep_lines))

    def _patterns(self) -> None:
        for index, line in enumerate(self._lines):
            if structure.is_separator(line.text):
                self._set(index, _Reason("separator", "structure:separator"))
                continue
            reason, self._hits[index] = self._finder._says(line.text, self._site)
            if reason:
                self._set(index, reason)

    def _furniture(self) -> None:
        if self._repetition is None:
            return
        for index in sorted(self._repetition.furniture(self._document.path, self._lines)):
            self._set(index, _Reason("other", "repetition:documents", certain=False))

    def _layout(self) -> None:
        for index in structure.comment_tail(self._lines):
            self._set(index, _Reason("comments", "structure:comments", certain=False))
        for index in structure.shouted_headlines(self._lines):
            self._set(index, _Reason("related", "structure:shouted-headline", certain=False))

    def _classifier(self) -> None:
        self._shapes = [line_shape(line.text, hit) for line, hit in zip(self._lines, self._hits, strict=True)]
        self._probability = classifier.clutter_probability(self._shapes).tolist()
        threshold = _threshold(self._probability)
        listed = announced(self._shapes)
        doomed = [
            index
            for index, (line, likely) in enumerate(zip(self._lines, self._probability, strict=True))
            if likely > min(threshold + _LENGTH_CAUTION * math.log1p(len(line.text) / 50), _SURE)
            and not listed[index]
            and not line.text.startswith("|")
        ]
        for index in doomed:
            self._set(index, _Reason(self._category(index), "classifier:line", certain=False))
        for index in self._islands():
            if not listed[index]:
                self._set(index, _Reason(self._category(index), "classifier:island", certain=False))

    def _islands(self) -> list[int]:
        """Short lines that are none too likely to be clutter, with nothing but clutter around them."""
        gone = [bool(reason and reason.category not in _NOT_CONTAGIOUS) for reason in self._reasons]
        found = []
        for index in range(_SHORE, len(gone) - _SHORE):
            around = (*gone[index - _SHORE : index], *gone[index + 1 : index + 1 + _SHORE])
            if self._reasons[index] is None and all(around) and self._probability[index] > _ISLAND_LIKELY:
                line = self._lines[index].text
                short = len(line) <= _ISLAND_MOST and not structure.has_sentence(line)
                if short and not line.startswith("|"):
                    found.append(index)
        return found

    def _category(self, index: int) -> Category:
        """The category of a line that the classifier takes out: that of what it stands with."""
        for near in (*range(index - 1, max(index - _NEAR, 0) - 1, -1), *range(index + 1, index + _NEAR)):
            reason = self._reasons[near] if near < len(self._reasons) else None
            if reason is None and near < index and self._probability[near] < _LIKELY:
                break
            if reason and reason.rule.startswith("pattern:") and reason.category not in _NOT_CONTAGIOUS:
                category: Category = reason.category
                return category
        return "related" if self._lines[index].text.count(" ") >= _HEADLINE_SPACES else "navigation"

    # Title, date, author

    def _head(self) -> None:
        dropped = [reason is not None for reason in self._reasons]
        body = structure.first_prose(self._lines, dropped)
        dates = {
            index: iso for index, line in enumerate(self._lines) if (iso := stated.date_of_line(line.text))
        }
        self._take_dates(dates, body)
        self._take_authors(body)

    def _take_dates(self, dates: dict[int, str], body: int) -> None:
        # Dates between paragraphs are the headings of a chronicle, and then so is the first.
        if any(body < index for index in dates):
            near = {}
        else:
            near = {index: iso for index, iso in dates.items() if body - _HEAD_LINES <= index < body}
        for index, iso in near.items():
            self._metadata.date = self._metadata.date or iso
            self._force(index, _Reason("other", "metadata:date"))
        if self._metadata.date is None:
            for index in range(max(0, body - _HEAD_LINES), body):
                reason = self._reasons[index]
                found = stated.find_date(self._lines[index].text) if reason and reason.certain else None
                if found and len(self._lines[index].text) <= 160:
                    self._metadata.date = found[0]
                    break

    def _take_authors(self, body: int) -> None:
        near = [
            *range(max(0, body - _HEAD_LINES), min(body + 1, len(self._lines))),
            *range(max(body + 1, len(self._lines) - _TAIL_LINES), len(self._lines)),
        ]
        for index in near:
            author = stated.author_of_line(self._lines[index].text)
            if author and not structure.is_prose(self._lines[index].text):
                self._metadata.author = self._metadata.author or author
                self._force(index, _Reason("credit", "metadata:author"))

    def _force(self, index: int, reason: _Reason) -> None:
        if self._may_go(index, reason):
            self._reasons[index] = reason

    def _take_title(self) -> None:
        excluded = [reason is not None and reason.certain for reason in self._reasons]
        known = self._document.metadata.title
        self._title = find_headline(self._lines, self._shapes, excluded, self._probability, known)
        if self._title:
            for index in self._title:
                self._reasons[index] = None
            self._metadata.title = known or " ".join(self._lines[index].text for index in self._title)

    def _title_range(self) -> tuple[int, int] | None:
        if self._title is None:
            return None
        return self._lines[self._title[0]].start, self._lines[self._title[-1]].end

    # Decision

    def _keep_whole(self) -> list[str]:
        prose = kept = certain = clear = rest = 0
        for line, reason, likely in zip(self._lines, self._reasons, self._probability, strict=True):
            count = structure.letters(line.text)
            if not structure.is_prose(line.text):
                rest += 0 if reason else count
            else:
                prose += count
                kept += 0 if reason else count
                certain += count if reason and reason.certain else 0
                clear += count if reason and not reason.certain and likely > _SURE_ENOUGH else 0
        # An article of some length may well stand among twice as much prose of others, teasers say; but
        # then what goes must be clear.
        doubted = prose - certain - (clear if kept >= _ENOUGH_LETTERS else 0)
        too_little = kept < _LEAST_KEPT * doubted
        nothing_left = bool(self._lines) and kept == 0 and rest < _LEAST_LETTERS
        removed = any(self._reasons)
        return ["kept-whole"] if removed and (nothing_left or too_little) else []

    def _removals(self) -> list[Removal]:
        kept = [line for line, reason in zip(self._lines, self._reasons, strict=True) if reason is None]
        parts = sorted([*self._repeated(kept), *self._parts(kept)], key=lambda removal: removal.start)
        whole = [
            Removal(line.start, line.end, reason.category, reason.rule)
            for line, reason in zip(self._lines, self._reasons, strict=True)
            if reason
        ]
        return sorted([*whole, *_disjoint(parts)], key=lambda removal: removal.start)

    def _repeated(self, kept: list[Line]) -> Iterable[Removal]:
        if self._finder._kept("duplicate", self._site):
            return
        for start, end in repeated_passages(self._text, kept):
            yield Removal(start, end, "duplicate", "repetition:passage")

    def _parts(self, kept: list[Line]) -> Iterable[Removal]:
        """Parts of lines: a dateline, a sentence that is an interlink."""
        first = True
        for line in kept:
            if first and structure.is_prose(line.text):
                first = False
                yield from self._dateline(line)
            for start, end, pattern in self._sentences(line):
                if not self._finder._kept(pattern.category, self._site):
                    yield Removal(start, end, pattern.category, pattern.rule)

    def _dateline(self, line: Line) -> Iterable[Removal]:
        found = stated.dateline(line.text[:200])
        if found:
            self._metadata.date = self._metadata.date or found.date
            end = line.start + found.end
            if not self._finder._kept("other", self._site):
                yield Removal(line.start, end, "other", "metadata:dateline")

    def _sentences(self, line: Line) -> Iterable[tuple[int, int, Pattern]]:
        matcher = self._finder._matcher
        if matcher is None or not matcher.has_sentence_word(line.text):
            return
        from normalize.segment import sentences

        for start, end in sentences(self._text, start=line.start, end=line.end):
            pattern = matcher.sentence(plain(self._text[start:end]))
            if pattern:
                yield start, end, pattern


def _disjoint(removals: list[Removal]) -> Iterable[Removal]:
    end = -1
    for removal in removals:
        if removal.start >= end:
            yield removal
            end = removal.end
