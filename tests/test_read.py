"""Encodings are judged on whole files; formats are read without losing text."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from normalize.errors import CannotStartError, InputError, UsageError
from normalize.read import document_of, format_of, read_file
from normalize.read.compressed import LARGEST_RATIO
from normalize.read.discover import check, discover
from normalize.read.encoding import decode

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = "The harbour office said on Sunday that the boats would sail again. " * 60
SERBIAN = "Казахстан је био високо напредна аутократија под својим бившим председником. Власти су забраниле улазак. "
CROATIAN = "Čovek iz Šapca kaže da će žaba preći cestu. Đaci su bili u školi, a učitelji kod kuće. "
RUSSIAN = "Погода улучшится только в пятницу. Рыбакам советуют оставаться в порту до конца недели. "
CHINESE = "新港口让小镇一分为二。渔民担心失去渔场，市政府表示将在十月作出决定。"
FRENCH = (
    "L'été dernier, la mairie a décidé de fermer l'école à cause de la chaleur; les élèves étaient déjà là. "
)
GERMAN = "Die Straße über die Brücke wird für zwölf Wochen gesperrt. Größere Fahrzeuge müssen außen herum. "


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", ENGLISH + SERBIAN),
        ("utf-8-sig", SERBIAN),
        ("utf-16", SERBIAN),
        ("utf-16-le", ENGLISH + SERBIAN),
        ("utf-16-be", ENGLISH + RUSSIAN),
        ("utf-32", CHINESE),
        ("cp1251", RUSSIAN * 3),
        pytest.param(
            "cp1251", ENGLISH + SERBIAN * 4, id="the foreign text comes after four kilobytes of English"
        ),
        ("koi8_r", RUSSIAN * 3),
        ("gb18030", CHINESE * 3),
        pytest.param("gb18030", ENGLISH + CHINESE * 4, id="Chinese after four kilobytes of English"),
        ("cp1250", CROATIAN * 2),
        ("cp1252", FRENCH),
        ("cp1252", GERMAN),
        ("latin-1", FRENCH * 3),
        ("cp1252", "It’s a “plain” text — with marks only."),
    ],
)
def test_encoding(encoding: str, text: str) -> None:
    decoded, found = decode(text.encode(encoding))
    assert decoded == text
    assert not found.flags


def test_a_broken_sequence_costs_only_itself() -> None:
    data = (ENGLISH + SERBIAN).encode() + b"caf\xe9 and \xe2\x80 here " + SERBIAN.encode()
    text, encoding = decode(data)
    assert text == ENGLISH + SERBIAN + "café and \ufffd here " + SERBIAN
    assert encoding == ("utf-8", ("broken-encoding",))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n\t ", "no text"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 500, "binary"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        document_of(data, "a.txt", "txt")


PAGE = """<html><head><title>A Title</title></head><body><nav>Home</nav><article><h1>A Title</h1>
<p>The first paragraph of this article is long enough to be taken for one by anybody who looks at it.</p>
<p>The second paragraph is here as well, and it has its share of words and of commas, too.</p></article></body></html>"""


def test_html() -> None:
    document = document_of(PAGE.encode(), "a.html", "html")
    assert document.extracted
    assert document.metadata.title == "A Title"
    assert "The first paragraph" in document.source
    assert "<p>" not in document.source


@pytest.mark.parametrize(
    "page", ["<div>Only a few words</div>", "<table><tr><td>cell one<td>cell two</table>", "no markup"]
)
def test_html_without_an_article_keeps_its_text(page: str) -> None:
    words = page.replace("<", " <").replace(">", "> ").split()
    document = document_of(page.encode(), "a.html", "html")
    for word in words:
        if not any(mark in word for mark in "<>"):
            assert word in document.source


def test_html_without_a_body() -> None:
    with pytest.raises(InputError, match="no text"):
        document_of(b"<html><head><title>x</title></head></html>", "a.html", "html")


def test_html_says_its_encoding() -> None:
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("here as well", SERBIAN)
    assert SERBIAN.strip() in document_of(page.encode("cp1251"), "a.html", "html").source


def test_front_matter_is_metadata() -> None:
    document = document_of(b'---\ntitle: "One"\ndate: 2022-01-06\n---\n\n# One\n\nText.\n', "a.md", "md")
    assert (document.metadata.title, document.metadata.date) == ("One", "2022-01-06")
    assert document.text == "\n\n# One\n\nText.\n"


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(SERBIAN.encode()))
    assert read_file(path, "a.txt.gz").source == SERBIAN
    path.write_bytes(gzip.compress(SERBIAN.encode() * 50)[:-20])
    with pytest.raises(InputError, match="compression is broken"):
        read_file(path, "a.txt.gz")


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b" " * 40 * 2**20))
    assert path.stat().st_size * LARGEST_RATIO < 40 * 2**20
    with pytest.raises(InputError, match="unpacks to far more"):
        read_file(path, "a.txt.gz")


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("a.txt", "txt"),
        ("a.MD", "md"),
        ("a.htm", "html"),
        ("a.html.gz", "html"),
        ("a.jsonl", "jsonl"),
        ("a.pdf", None),
        ("a", None),
        ("a.gz", None),
    ],
)
def test_format(name: str, fmt: str | None) -> None:
    assert format_of(name) == fmt


def test_discovery_leaves_alone_what_is_not_its_own(tmp_path: Path) -> None:
    raw, outside = tmp_path / "raw", tmp_path / "outside.txt"
    (raw / "sub").mkdir(parents=True)
    (raw / ".git").mkdir()
    outside.write_text("x")
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden.txt", "picture.png", ".git/d.txt", "sp ace\n😀.txt"):
        (raw / name).write_text("x")
    (raw / "out.txt").symlink_to(outside)
    (raw / "in.txt").symlink_to(raw / "a.txt")
    found = {item.relative: item.problem for item in discover(raw)}
    assert found.pop("out.txt") == "a symbolic link that leads out of the input folder: not followed"
    assert found == dict.fromkeys(["a.txt", "b.txt", "in.txt", "sp ace\n😀.txt", "sub/c.txt"])


def test_output_and_input_stay_apart(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    with pytest.raises(CannotStartError, match="no such file"):
        check(raw, tmp_path / "clean")
    raw.mkdir()
    for clean in (raw, raw / "clean", tmp_path):
        with pytest.raises(UsageError, match="inside"):
            check(raw, clean)
    check(raw, tmp_path / "clean")
