"""A translator behind a local server that speaks the OpenAI protocol: Ollama, llama.cpp, vLLM.

Off unless asked for. Nothing leaves the machine: an address that is not of this machine is refused unless
`allow_remote` is set, redirections are not followed, proxies are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from normalize.errors import TranslationError, UsageError
from normalize.toml import load_toml
from normalize.translate.translator import PLAIN, Attempt, Hypothesis, ModelInfo, TranslateOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 300.0
AT_ONCE = 4
_LARGEST = 4 * 1024**2
_PROMPT = (
    "You are a translator. Translate the user's text from {language} into English. Answer with the "
    "translation alone: no notes, no quotation marks around it, nothing added and nothing left out. Keep "
    "numbers, names and addresses as they are."
)
_CAREFUL = " Your last answer was not a good translation. Translate every word, once, and only into English."


def is_local(host: str) -> bool:
    """True for an address of this machine.

    Names other than `localhost` are not looked up: a name may lead anywhere.
    """
    if host.casefold().rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


class OpenAITranslator:
    """Sentences to a chat model and back."""

    def __init__(self, options: TranslateOptions) -> None:
        if not options.base_url:
            raise UsageError("--translator openai needs --base-url, as in http://127.0.0.1:11434/v1.")
        try:
            parts = urlsplit(options.base_url)
            self._port = parts.port
        except ValueError as error:
            raise UsageError(f"{options.base_url}: not an address ({error}).") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"{options.base_url}: not an http or https address.")
        if not is_local(parts.hostname) and not options.allow_remote:
            raise UsageError(
                f"{options.base_url}: not an address of this machine. Your text would leave it; "
                "--allow-remote says that you want that."
            )
        self._host, self._secure = parts.hostname, parts.scheme == "https"
        path = parts.path.rstrip("/")
        self._path = path if path.endswith("/v1") else path + "/v1"
        self._name = options.model
        self._guard = threading.Lock()

    def available(self, lang: str) -> bool:
        """True for any language: a chat model does not say what it knows. The checks judge its output."""
        return lang not in {"en", "und", "zxx", ""}

    def model(self, lang: str) -> ModelInfo:
        """The model asked for, or the first that the server has."""
        del lang
        with self._guard:
            if self._name is None:
                listed = self._ask("GET", "/models").get("data")
                first = listed[0] if isinstance(listed, list) and listed else {}
                name = first.get("id") if isinstance(first, dict) else None
                if not isinstance(name, str):
                    raise TranslationError(f"The server at {self._host} has no model. Name one.")
                self._name = name
            return ModelInfo(name=self._name, path=f"{self._host}:{self._port or ''}{self._path}")

    def translate(self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        """The English of each sentence."""
        name = self.model(lang).name
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda sentence: self._one(sentence, lang, name, attempt), sentences))

    def _one(self, sentence: str, lang: str, name: str, attempt: Attempt) -> Hypothesis:
        prompt = _PROMPT.format(language=language_name(lang))
        body = {
            "model": name,
            "messages": [
                {"role": "system", "content": prompt + ("" if attempt == PLAIN else _CAREFUL)},
                {"role": "user", "content": sentence},
            ],
            "temperature": 0 if attempt == PLAIN else 0.3,
            "seed": 1,
            "max_tokens": 64 + 2 * len(sentence),
            "stream": False,
        }
        answer = self._ask("POST", "/chat/completions", body)
        try:
            text = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            return Hypothesis("")
        return Hypothesis(tidy(str(text or ""), sentence))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := os.environ.get("NORMALIZE_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        try:
            connection.request(method, self._path + path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            data = response.read(_LARGEST + 1)
            if response.status != http.HTTPStatus.OK:
                raise TranslationError(
                    f"The server at {self._host} answered {response.status} {response.reason}."
                )
            if len(data) > _LARGEST:
                raise TranslationError(
                    f"The server at {self._host} answered with more than {_LARGEST} bytes."
                )
            answer = json.loads(data)
        except (OSError, http.client.HTTPException) as error:
            raise TranslationError(f"The server at {self._host} cannot be reached ({error}).") from error
        except ValueError as error:
            raise TranslationError(f"The server at {self._host} did not answer with JSON.") from error
        finally:
            connection.close()
        if not isinstance(answer, dict):
            raise TranslationError(f"The server at {self._host} did not answer as the protocol says.")
        return answer


def tidy(answer: str, sentence: str) -> str:
    """An answer without what chat models put around it: thoughts, quotation marks, `Translation:`."""
    import regex

    answer = regex.sub(r"(?s)<think>.*?(?:</think>|$)", "", answer).strip()
    answer = regex.sub(
        r"(?i)^(?:here is |here's )?(?:the )?(?:english )?translation:?\s*\n*", "", answer
    ).strip()
    quoted = sentence.strip().startswith(("“", '"', "„", "«", "'", "「", "`"))
    for left, right in (('"', '"'), ("“", "”"), ("'", "'"), ("`", "`")):
        inside = answer[1:-1]
        wrapped = len(answer) > 1 and answer[0] == left and answer[-1] == right
        if wrapped and not quoted and left not in inside and right not in inside:
            return inside.strip()
    return answer


def language_name(lang: str) -> str:
    """A language by its English name, where a prompt can use it."""
    names = load_toml(Path(__file__).with_name("languages.toml"))
    return str(names.get(lang, f"the language with the code {lang}"))
