"""A local server as translator: asked as it should be, never one elsewhere, and judged like any model."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.errors import ExitCode, TranslationError, UsageError
from normalize.translate import TranslateOptions, Translation
from normalize.translate.openai import OpenAITranslator, is_local, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator


class Server(http.server.ThreadingHTTPServer):
    answers: dict[str, str]
    asked: list[dict[str, Any]]
    code = 200
    raw: bytes | None = None


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args: Any) -> None:
        del args

    def _send(self, data: bytes) -> None:
        self.send_response(self.server.code)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Location", "http://example.org/")
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        assert self.path == "/v1/models"
        self._send(json.dumps({"data": [{"id": "tiny"}]}).encode())

    def do_POST(self) -> None:
        assert self.path == "/v1/chat/completions"
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        text = self.server.answers.get(body["messages"][-1]["content"], "")
        answer = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
        self._send(answer if self.server.raw is None else self.server.raw)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.answers, running.asked = {}, []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def translation(server: Server) -> Translation:
    url = f"http://127.0.0.1:{server.server_port}"
    return Translation(TranslateOptions(translator="openai", base_url=url, memory=False))


def test_it_is_asked_and_believed(server: Server) -> None:
    server.answers["Влада је најавила нове мере."] = '"The government announced new measures."'
    (result,) = translation(server).translate_lines(["Влада је најавила нове мере."], "sr")
    assert (result.text, result.flags, result.model) == ("The government announced new measures.", (), "tiny")
    assert "Serbian" in server.asked[0]["messages"][0]["content"]


def test_its_answers_go_through_the_same_gate(server: Server) -> None:
    server.answers["Влада је најавила нове мере."] = "Влада је најавила нове мере."
    (result,) = translation(server).translate_lines(["Влада је најавила нове мере."], "sr")
    assert not result.ok
    assert "copied" in result.flags


@pytest.mark.parametrize(
    "raw", [b"", b"not json", b"[]", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}']
)
def test_answers_that_are_none(server: Server, raw: bytes) -> None:
    server.raw = raw
    asked = translation(server)
    if raw.startswith(b"{"):
        (result,) = asked.translate_lines(["Влада је најавила нове мере."], "sr")
        assert not result.ok
    else:
        with pytest.raises(TranslationError) as caught:
            asked.translate_lines(["Влада је најавила нове мере."], "sr")
        assert caught.value.exit_code == ExitCode.UNTRANSLATED


@pytest.mark.parametrize("code", [302, 404, 500])
def test_errors_and_redirections_are_told(server: Server, code: int) -> None:
    server.code = code
    with pytest.raises(TranslationError, match=str(code)):
        translation(server).translate_lines(["Влада је најавила нове мере."], "sr")


def test_no_server_at_all(server: Server) -> None:
    url = f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    broken = Translation(TranslateOptions(translator="openai", base_url=url, memory=False))
    with pytest.raises(TranslationError, match="cannot be reached"):
        broken.translate_lines(["Влада је најавила нове мере."], "sr")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "http://example.org",
        "https://api.openai.com/v1",
        "http://10.0.0.5:11434",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://127.0.0.1:99999",
        "http://[::2]:80",
        "http://0x7f.evil.example",
    ],
)
def test_addresses_that_are_refused(url: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        OpenAITranslator(TranslateOptions(translator="openai", base_url=url))
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "LOCALHOST."]
)
def test_addresses_of_this_machine(host: str) -> None:
    assert is_local(host)


def test_an_address_elsewhere_if_the_user_says_so() -> None:
    OpenAITranslator(TranslateOptions(base_url="http://example.org", allow_remote=True))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("<think>Hm.</think>\n\nGood day!", "Good day!"),
        ("Translation: Good day!", "Good day!"),
        ("Here is the English translation:\nGood day!", "Good day!"),
        ("“Good day!”", "Good day!"),
        ("“Good” and “day”", "“Good” and “day”"),
    ],
)
def test_what_chat_models_put_around_an_answer(answer: str, expected: str) -> None:
    assert tidy(answer, "Добар дан!") == expected


@given(st.text(), st.text())
def test_any_answer(answer: str, sentence: str) -> None:
    tidy(answer, sentence)
