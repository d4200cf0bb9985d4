"""The main text and the metadata of an HTML page."""

from __future__ import annotations

import logging
from typing import Any

from normalize.document import Metadata
from normalize.errors import InputError

# Below this share of the page's visible text the extractor is taken to have missed the article.
_LEAST_SHARE = 0.1
_LEAST_LETTERS = 200


def extract(page: str) -> tuple[str, Metadata]:
    """Text (as light Markdown) and metadata of a page.

    trafilatura looks for the main content. Where it finds nothing, or next to nothing, all visible
    text is taken: clutter is a later step's work, and text that is lost here is lost for good.

    Raises:
        InputError: The page holds no text at all.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found: Any = None
    text = ""
    try:
        found = trafilatura.extract_metadata(page)
        text = (
            trafilatura.extract(
                page,
                output_format="markdown",
                favor_recall=True,
                include_comments=False,
                include_links=False,
                include_formatting=True,
            )
            or ""
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        # Untrusted markup finds bugs in parsers. The fall-back reads it all the same.
        pass
    visible = _visible_text(page)
    letters = sum(map(str.isalpha, text))
    if letters < max(_LEAST_SHARE * sum(map(str.isalpha, visible)), min(_LEAST_LETTERS, len(visible) / 2)):
        text = visible
    if not text.strip():
        raise InputError("the page holds no text")
    return text.strip() + "\n", _metadata(found)


def _visible_text(page: str) -> str:
    import lxml.etree
    import lxml.html

    try:
        # Bytes, not str: lxml refuses a str that carries an encoding declaration.
        tree = lxml.html.document_fromstring(
            page.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (lxml.etree.LxmlError, ValueError):
        return ""
    lxml.etree.strip_elements(
        tree, "script", "style", "noscript", "template", "head", "svg", lxml.etree.Comment, with_tail=False
    )
    inline = {
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "label",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    }
    parts: list[str] = []
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag not in inline:
            parts.append("\n\n")
        own = element.text if event == "start" else element.tail
        if own:
            parts.append(
                " ".join(own.split()).join(
                    (" " if own[:1].isspace() else "", " " if own[-1:].isspace() else "")
                )
            )
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n\n".join(line for line in lines if line)


def _metadata(found: Any) -> Metadata:
    def field(name: str) -> str | None:
        value = getattr(found, name, None)
        return " ".join(value.split()) or None if isinstance(value, str) else None

    return Metadata(title=field("title"), date=field("date"), author=field("author"))
