"""Single foreign words in English sentences: translated as they are used there.

A model that was trained on sentences is at its worst with a lone word. So several candidates are
gathered — from the model for the word alone, with a full stop, and in a small letter; from the word list
(`normalize.translate.lexicon`), whose entries are of inflected forms, so that a past participle gives a
past tense — and the one that most of them, and the document's own translations, agree on is set into the
sentence: without the article or pronoun that the sentence already has, with a small or capital initial as
the place wants.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex

from normalize.translate import gate, protect
from normalize.translate.gate import stem
from normalize.translate.lexicon import translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from normalize.translate.sentences import Sentence

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:[-’'][\p{L}\p{M}]+)*")
_LATIN = regex.compile(r"\p{Latin}")
_CASED = regex.compile(r"[\p{Lu}\p{Ll}]")
_ARTICLE = regex.compile(r"^(?:the|an?)\s+", regex.IGNORECASE)
_PRONOUN = regex.compile(
    r"^(?:he|she|it|they|i|we|you)(?:['’](?:s|ve|d|re|m))?\s+(?:has\s+|have\s+|had\s+|was\s+(?=\w+ing)|is\s+(?=\w+ing))?",
    regex.IGNORECASE,
)
_DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "his",
        "her",
        "its",
        "their",
        "our",
        "your",
        "my",
        "some",
        "any",
        "no",
        "every",
        "each",
        "another",
        "one",
        "two",
        "three",
        "first",
        "last",
        "new",
        "old",
        "recent",
        "official",
        "said",
        "its",
        "several",
        "many",
        "such",
    ]
)
_NO_SUBJECT = frozenset(
    [
        "and",
        "or",
        "but",
        "that",
        "when",
        "if",
        "because",
        "while",
        "as",
        "than",
        "which",
        "who",
        "what",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "with",
        "from",
        "for",
        "into",
        "although",
        "whether",
        "where",
        "how",
        "then",
        "so",
        "not",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
    ]
)
_KEEP_CAPITAL = regex.compile(
    r"^(?:I\b|[A-Z][A-Z]|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
)
_SUSPECT = {"copied", "source-script", "wrong-language", "repetition", "garbled"}
SURE = 0.12
"""Word list entries below this are guesses."""
LONGEST = 4
"""Spans of more words are translated like sentences."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A short span in its English sentence."""

    source: str
    lang: str
    before: str
    after: str

    @property
    def words(self) -> list[str]:
        """Its words, without traces of lost numbers."""
        bare = self.source
        for start, end in reversed(protect.lost_numbers(bare)):
            bare = bare[:start] + " " + bare[end:]
        return _WORD.findall(bare)

    def requests(self) -> list[str]:
        """What to ask the model: the words as they stand, and each in the ways that suit a model best."""
        asked = [self.source]
        if not protect.lost_numbers(self.source) and _CASED.search(self.source):
            small = self.source[0].lower() + self.source[1:]
            large = self.source[0].upper() + self.source[1:]
            asked += [small, large + ("" if regex.search(r"\p{P}$", large) else ".")]
        if len(self.words) > 1 or protect.lost_numbers(self.source):
            for word in self.words:
                asked += [word, word[0].upper() + word[1:] + "."]
        return list(dict.fromkeys(asked))


def choose(
    inline: Inline, heard: dict[str, Sentence], elsewhere: Sequence[tuple[str, str]]
) -> tuple[str, list[str]]:
    """The English for an inline span, and its flags.

    Args:
        inline: The span.
        heard: What the model said to each of its `requests`.
        elsewhere: Sentences of the same document that hold one of its words, with their translations.
    """
    flags: list[str] = []
    if protect.lost_numbers(inline.source):
        flags.append("lost-number")
    words = inline.words
    if not words:
        parts = [text for text, kept in protect.parts(inline.source) if kept]
        return " ".join(parts) or inline.source, flags
    if len(words) == 1 and not protect.lost_numbers(inline.source):
        said = _word(words[0], inline, [heard[r] for r in inline.requests() if r in heard], elsewhere)
    else:
        said = _phrase(inline, heard, elsewhere)
    if said is None:
        return "", [*flags, "empty"]
    text = fit(inline, said)
    problems = [
        f
        for f in gate.check(inline.source, text, inline.lang)
        if f not in {"length", "truncated", "number-missing"}
    ]
    return text, list(dict.fromkeys([*flags, *problems]))


def _word(
    word: str, inline: Inline, said: Iterable[Sentence], elsewhere: Sequence[tuple[str, str]]
) -> str | None:
    """The translation of a word that most speaks for."""
    votes: defaultdict[str, float] = defaultdict(float)
    spelled: dict[str, str] = {}

    def vote(text: str, weight: float) -> None:
        key = _bare(text, inline).casefold()
        if key:
            votes[key] += weight
            spelled.setdefault(key, _bare(text, inline))

    listed = translations(word, inline.lang)
    for rank, (english, score) in enumerate(listed):
        vote(english, (2.0 if score >= SURE else 0.8) * (0.5 + score) / (1 + rank))
    for sentence in said:
        count = len(sentence.text.split())
        if sentence.ok and count <= 4 and not _SUSPECT & set(sentence.flags):
            weight = 1.0 / max(1, count - 1) * (0.45 if listed else 1.0)
            strange = any(w.islower() and not gate.is_english(w) for w in _WORD.findall(sentence.text))
            vote(sentence.text, weight * (0.3 if strange else 1.0))
    for _, translation in elsewhere:
        for key in votes.keys() & set(gate.words(translation)):
            votes[key] += 0.5
    if not votes:
        return None
    best = max(votes, key=lambda key: (votes[key], -len(key), key))
    return spelled[best]


def _phrase(inline: Inline, heard: dict[str, Sentence], elsewhere: Sequence[tuple[str, str]]) -> str | None:
    """The model's translation if the word list does not contradict it, else word by word."""
    whole = heard.get(inline.source)
    options = {word: translations(word, inline.lang) for word in inline.words}
    known = {word: {e.casefold() for e, s in found if s >= SURE} for word, found in options.items()}
    known = {word: found for word, found in known.items() if found and not found <= gate.function_words()}
    usable = (
        whole is not None
        and whole.ok
        and not set(whole.flags) - {"lost-number", "number-missing", "length", "name-missing"}
    )
    if whole is not None and usable:
        present = {stem(word) for word in gate.words(whole.text)}
        agreed = sum(bool({stem(e) for e in found} & present) for found in known.values())
        if agreed >= 0.6 * len(known):
            return whole.text
    if known or not (whole and whole.ok):
        out = []
        for text, kept in protect.parts(inline.source):
            if kept:
                out.append(text)
                continue
            for word in _WORD.findall(text):
                if _LATIN.match(word) and not _LATIN.match(inline.words[-1]):
                    out.append(word)  # an English word that got into the span
                    continue
                asked = [heard[r] for r in (word, word[0].upper() + word[1:] + ".") if r in heard]
                one = _word(word, inline, asked, elsewhere)
                if one:
                    out.append(one)
        if out:
            return " ".join(out)
    return whole.text if whole is not None and whole.ok else None


def _bare(text: str, inline: Inline) -> str:
    """A candidate without what the sentence around it already says."""
    text = text.strip()
    if not regex.search(r"[.!?]$", inline.source):
        text = regex.sub(r"(?<!\b[A-Z])[.!?]+$", "", text).strip()
    text = text.strip('"“”„«»')
    before = _WORD.findall(inline.before)
    last = before[-1] if before and not regex.search(r"[.!?,;:—(\[]\s*$", inline.before) else ""
    if last and (last.casefold() in _DETERMINERS or last[0].isupper() or last.endswith(("’s", "'s"))):
        text = _ARTICLE.sub("", text)
    elif not last or len(text.split()) == 2:
        text = _ARTICLE.sub("", text) if len(text.split()) == 2 else text
    if last and last.casefold() not in _NO_SUBJECT and len(text.split()) > 1:
        text = _PRONOUN.sub("", text)
    return text


def fit(inline: Inline, text: str) -> str:
    """A translation with the initial that its place wants."""
    text = _bare(text, inline)
    if not text:
        return text
    source = _WORD.search(inline.source)
    starts = not regex.search(r"[\p{L}\p{N}]", inline.before) or bool(
        regex.search(r"[.!?…][\"”’)]?\s*$", inline.before)
    )
    if starts:
        return text[0].upper() + text[1:]
    cased = source is not None and _CASED.match(source.group())
    lower_source = cased and source is not None and source.group()[0].islower()
    if (lower_source or not cased) and text[0].isupper() and not _KEEP_CAPITAL.match(text):
        rest = text.split()[0]
        if not cased and len(text.split()) == 1:
            return text
        return rest[0].lower() + rest[1:] + text[len(rest) :]
    return text
