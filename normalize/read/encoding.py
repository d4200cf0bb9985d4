"""The encoding of a file, judged on all of its bytes.

Judging only the first kilobytes is the classic mistake: an English article whose foreign passages come
later looks like ASCII at its beginning.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

import regex

from normalize.errors import InputError

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of files that are often found among scraped text, for an answer that helps.
_MAGIC = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
# Encodings that web pages and text files are really found in; a wider choice makes short texts
# come out as Baltic or EBCDIC.
_LEGACY = (
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
)
# Letters at the places where Windows-1250 and -1252 differ, in words of the languages that use them.
# š and ž stand at the same place in both.
_CENTRAL = regex.compile(r"[čćđěřůňťďľĺőűąęłńśźżČĆĐĚŘŮĽŐŰĄĘŁŃŚŹŻ]")
_WESTERN = regex.compile(r"[àâãåæçèêëìïñòõøùûÿœÀÂÃÅÆÇÈÊËÌÏÑÒÕØÙÛŸŒ]")
_LATIN_GUESSES = frozenset(
    {"cp1252", "cp1250", "latin_1", "iso8859_1", "iso8859_2", "iso8859_15", "cp1254", "cp1257"}
)
_HTML_CHARSET = regex.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", regex.I
)
# Text may hold a stray control character, not one in fifty.
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27})
_MOST_CONTROLS = 0.02
# Of all sequences beyond ASCII, the share that may be broken while the file still counts as UTF-8.
_MOST_BROKEN = 0.1
_NON_ASCII_RUN = regex.compile(rb"[\x80-\xff]+")


class Encoding(NamedTuple):
    """An encoding's name, and what was wrong with the file's use of it."""

    name: str
    flags: tuple[str, ...] = ()


def decode(data: bytes, *, html: bool = False) -> tuple[str, Encoding]:
    """Decode a whole file.

    Line ends stay as they are. A byte order mark is no text and goes.

    Args:
        data: The file's bytes.
        html: Whether a declaration in the markup counts as evidence.

    Raises:
        InputError: The bytes are no text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(name), Encoding(name)
            except UnicodeDecodeError:
                text = data.decode(name, "replace")
                return text, Encoding(name, ("broken-encoding",))
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"this is {what}, not text")
    if wide := _utf16_without_mark(data):
        return wide
    if b"\0" in data or len(data.translate(None, _CONTROLS)) < len(data) * (1 - _MOST_CONTROLS):
        raise InputError("this is a binary file, not text")
    try:
        return data.decode("utf-8"), Encoding("utf-8")
    except UnicodeDecodeError:
        pass
    if html and (declared := _declared(data)):
        return declared
    return _mostly_utf8(data) or _legacy(data)


def _utf16_without_mark(data: bytes) -> tuple[str, Encoding] | None:
    # Text in Latin script has a zero in every other byte; so has its white space in any script.
    if len(data) < 4 or len(data) % 2 or b"\0" not in data:
        return None
    for name, odd in (("utf-16-le", 1), ("utf-16-be", 0)):
        high, low = data[odd::2], data[1 - odd :: 2]
        # Spaces and line ends of UTF-16 have a zero above them; a program's zeros lie anywhere.
        if high.count(0) > len(high) * 0.05 and low.count(0) <= len(low) * 0.001:
            try:
                text = data.decode(name)
            except UnicodeDecodeError:
                continue
            if sum(c.isalnum() or c.isspace() for c in text[:4000]) > 0.7 * min(len(text), 4000):
                return text, Encoding(name)
    return None


def _declared(data: bytes) -> tuple[str, Encoding] | None:
    match = _HTML_CHARSET.search(data, 0, 4096)
    if not match:
        return None
    try:
        name = codecs.lookup(match.group(1).decode("ascii")).name
        # Browsers read these declarations as the larger Windows sets; so do pages mean them.
        name = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(
            name, name
        )
        return data.decode(name), Encoding(name)
    except (LookupError, UnicodeDecodeError):
        return None


def _mostly_utf8(data: bytes) -> tuple[str, Encoding] | None:
    text = data.decode("utf-8", "surrogateescape")
    broken = sum(1 for _ in regex.finditer(r"[\udc80-\udcff]+", text))
    if broken > _MOST_BROKEN * sum(1 for _ in _NON_ASCII_RUN.finditer(data)):
        return None

    def mend(match: regex.Match[str]) -> str:
        raw = match.group().encode("utf-8", "surrogateescape")
        # A single stray byte is nearly always Windows-1252 punctuation pasted into a UTF-8 page;
        # several in a row are the rest of a sequence that was cut.
        try:
            return raw.decode("cp1252") if len(raw) == 1 else "\ufffd"
        except UnicodeDecodeError:
            return "\ufffd"

    mended = regex.sub(r"[\udc80-\udcff]+", mend, text)
    return mended, Encoding("utf-8", ("broken-encoding",))


def _legacy(data: bytes) -> tuple[str, Encoding]:
    from charset_normalizer import from_bytes

    # All words that tell something, and nothing else: pages of English around them would drown them.
    telling = b" ".join(word for word in data.split() if not word.isascii())
    best = from_bytes(telling, cp_isolation=list(_LEGACY)).best()
    name = best.encoding if best else "cp1252"
    if name in _LATIN_GUESSES:
        name = _western_or_central(data)
    try:
        return data.decode(name), Encoding(name)
    except UnicodeDecodeError:
        return data.decode(name, "replace"), Encoding(name, ("broken-encoding",))


def _western_or_central(data: bytes) -> str:
    """Windows-1250 or -1252: the one that gives words with the letters of its own languages."""
    central = data.decode("cp1250", "replace")
    western = data.decode("cp1252", "replace")
    gain = len(_CENTRAL.findall(central)) - len(_WESTERN.findall(western))
    # `č` is `è` in the other set, `ć` is `æ`, `đ` is `ð`: where š or ž stand too, they are Slavic.
    slavic = sum(map(central.count, "šžŠŽ"))
    western_only = sum(map(western.count, "éèêàâçñãõüöäîïôûùåøíóúáßÉ"))
    return "cp1250" if gain > 0 or (slavic > western_only * 0.2 and gain >= 0) else "cp1252"
