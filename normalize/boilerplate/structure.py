"""What the layout of a document says: separators, the head above the body, prose and what is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.boilerplate.text import Line

# Rows of a Markdown table (`|---|`) hold a table together, so they do not count.
_SEPARATOR = re.compile(r"[*_=~\-–—.·•◆◇■□●○★☆✦✧❖⁂※#+…\s]{1,200}")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]】」』]*$")
_SENTENCE_WITHIN = re.compile(
    r"[^\W\d_]{3,}[\"'”’»)]*[.!?。！？…](?:[\"'”’»)\]】」』]*(?:\s|\Z)|[\u3400-\u9fff])"
)
_PROSE_WORDS = 10
_ARTICLE_LETTERS = 300
_HEADING_MOST = 160
_THOUGHTS = re.compile(
    r"\d{1,5} (?:thoughts?|responses?|comments?|replies) (?:on|to) [\"“'‘«].{3,}"
    r"|\d{1,5} (?:комментари\w+|коментар\w*|komentar\w*) (?:к|на|до|za|na) [\"“'‘«„].{3,}"
)
_COMMENTS = re.compile(
    r"(?:\d{1,5} |user |reader |readers' |all )?(?:comments?|responses|replies|discussion)(?: \(\d{1,5}\))?"
    r"|комментарии(?: \(\d{1,5}\))?|komentari(?: \(\d{1,5}\))?|коментари(?: \(\d{1,5}\))?"
    r"|коментарі(?: \(\d{1,5}\))?|评论(?: ?[(（]\d{1,5}[)）])?"
)
_COMMENT_MARK = re.compile(
    r"comments are (?:now )?closed|leave a (?:reply|comment)|(?:log in to )?reply\W*\Z|says:?\Z|cancel reply"
    r"|.{2,60} says:\Z|link permanente\Z|permalink\Z|odgovori\W*\Z|ответить\W*\Z|відповісти\W*\Z"
)
_SHOUT_LEAST, _SHOUT_MOST, _SHOUT_SPACES = 45, 200, 7
_PROSE_IDEOGRAPHS = 25


def is_separator(line: str) -> bool:
    """Whether a line is nothing but marks: `***`, `- - -`, `_____`."""
    return _SEPARATOR.fullmatch(line) is not None


def ends_sentence(line: str) -> bool:
    """Whether a line ends with the mark of a sentence."""
    return _SENTENCE_END.search(line[-8:]) is not None


def has_sentence(line: str) -> bool:
    """Whether a sentence ends in a line, at its end or before."""
    return _SENTENCE_WITHIN.search(line) is not None


def is_prose(line: str) -> bool:
    """Whether a line is a sentence or several."""
    if not ends_sentence(line):
        return False
    if line.count(" ") + 1 >= _PROSE_WORDS:
        return True
    return ideographs(line[:400]) >= _PROSE_IDEOGRAPHS


def comment_tail(lines: Sequence[Line]) -> range:
    """The lines below the article that are what readers wrote, the heading above them among them.

    Only where that is certain: a heading that counts thoughts on the article, or a heading and, further
    down, the marks of a comment section. And only if most of the prose stands above.
    """
    count = len(lines)
    weights = [len(line.text) if is_prose(line.text) else 0 for line in lines]
    total, above = sum(weights), 0
    last_mark = max((i for i, line in enumerate(lines) if _COMMENT_MARK.match(line.text.lower())), default=-1)
    for index, line in enumerate(lines):
        if above > total / 2 and above > _ARTICLE_LETTERS and len(line.text) <= _HEADING_MOST:
            form = line.text.lower().strip(" :-")
            if _THOUGHTS.match(form) or (_COMMENTS.fullmatch(form) and last_mark > index):
                return range(index, count)
        above += weights[index]
    return range(count, count)


def shouted_headlines(lines: Sequence[Line]) -> list[int]:
    """Lines between two of prose that are a whole headline in capitals: links to other articles."""
    found = []
    for index in range(1, len(lines) - 1):
        line = lines[index].text
        if not _SHOUT_LEAST <= len(line) <= _SHOUT_MOST or line != line.upper() or line.lower() == line:
            continue
        if line.count(" ") < _SHOUT_SPACES or ends_sentence(line) or line.endswith(":"):
            continue
        around = (lines[index - 1].text, lines[index + 1].text)
        if all(is_prose(other) and other != other.upper() for other in around):
            found.append(index)
    return found


def first_prose(lines: Sequence[Line], dropped: Sequence[bool]) -> int:
    """Index of the first line of prose that stays; the number of lines if there is none."""
    for index, line in enumerate(lines):
        if not dropped[index] and is_prose(line.text):
            return index
    return len(lines)


def blocks(lines: Sequence[Line]) -> list[range]:
    """Groups of lines without an empty one between them.

    A text without any empty line has one paragraph per line, so there each line is a block of its own.
    """
    if not lines:
        return []
    if lines[-1].number - lines[0].number == len(lines) - 1:
        return [range(index, index + 1) for index in range(len(lines))]
    found: list[range] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].number > lines[index - 1].number + 1:
            found.append(range(start, index))
            start = index
    return found


def ideographs(text: str) -> int:
    """How many characters a text has of the scripts that put no spaces between words."""
    return len(_IDEOGRAPH.findall(text))


def letters(text: str) -> int:
    """How many letters a text has."""
    return sum(map(len, _LETTERS.findall(text)))
