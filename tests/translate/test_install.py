"""Getting models: from files, addresses, the index; and keeping them right."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from normalize.cli import status
from normalize.errors import ModelError, UsageError
from normalize.translate import TranslateOptions, Translation, install
from normalize.translate.lock import read_lock
from normalize.translate.packages import Package, checksum, user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "installed"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server on this machine for the files of a folder."""
    served = tmp_path / "served"
    served.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(served))

        def log_message(self, *args: Any) -> None:
            del args

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", served
        running.shutdown()
        thread.join()


def test_a_file(package: Path, folder: Path) -> None:
    found = install.install(str(package), folder=folder)
    assert found.path.parent == folder
    assert found.sha256 == checksum(package)
    assert install.records(folder)[found.path.name]["sha256"] == found.sha256
    assert list(install.verify([found], folder)) == [(found, None)]
    assert install.remove(found.name, folder) == found.path
    assert [path.name for path in folder.iterdir()] == [install.RECORD]


def test_an_address(package: Path, folder: Path, server: tuple[str, Path]) -> None:
    address, served = server
    (served / "m.argosmodel").write_bytes(package.read_bytes())
    seen: list[tuple[int, int]] = []
    found = install.install(
        f"{address}/m.argosmodel", folder=folder, sha256=checksum(package), progress=lambda *n: seen.append(n)
    )
    assert install.records(folder)[found.path.name]["source"] == f"{address}/m.argosmodel"
    assert seen[-1] == (package.stat().st_size, package.stat().st_size)


def test_the_index(
    package: Path, folder: Path, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, served = server
    (served / "new.argosmodel").write_bytes(package.read_bytes())
    index = [
        {
            "from_code": "xx",
            "to_code": "en",
            "package_version": "1.0",
            "links": [f"{address}/old.argosmodel"],
        },
        {
            "from_code": "xx",
            "to_code": "en",
            "package_version": "1.10",
            "links": [f"{address}/gone", f"{address}/new.argosmodel"],
        },
        {
            "from_code": "en",
            "to_code": "xx",
            "package_version": "9",
            "links": [f"{address}/wrong.argosmodel"],
        },
    ]
    (served / "index.json").write_text(json.dumps(index), encoding="utf-8")
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", address)
    assert install.install("xx", folder=folder).sha256 == checksum(package)
    with pytest.raises(ModelError, match="It has: xx"):
        install.install("sr", folder=folder)


@pytest.mark.parametrize("what", ["../../x", "sr en", "ftp://example.org/x", ""])
def test_what_is_neither_file_nor_address_nor_language(what: str, folder: Path) -> None:
    with pytest.raises(UsageError):
        install.install(what, folder=folder)


def test_another_checksum_is_refused(package: Path, folder: Path) -> None:
    with pytest.raises(ModelError, match="SHA-256"):
        install.install(str(package), folder=folder, sha256="0" * 64)
    assert list(folder.iterdir()) == []


def test_damage_is_refused_and_leaves_nothing(package: Path, folder: Path) -> None:
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 0xFF
    package.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        install.install(str(package), folder=folder)
    assert list(folder.iterdir()) == []


def test_a_missing_page_is_named(folder: Path, server: tuple[str, Path]) -> None:
    with pytest.raises(ModelError, match="404"):
        install.install(f"{server[0]}/none.argosmodel", folder=folder)


def test_too_much_is_refused(tmp_path: Path, server: tuple[str, Path]) -> None:
    address, served = server
    (served / "large").write_bytes(bytes(1000))
    with pytest.raises(ModelError, match="too many"):
        install.download(f"{address}/large", tmp_path / "x", limit=100)


def test_an_unusable_folder(package: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be installed"):
        install.install(str(package), folder=blocked)


def test_a_change_after_installation_is_noticed(package: Path, folder: Path) -> None:
    found = install.install(str(package), folder=folder)
    with found.path.open("ab") as out:
        out.write(b"x")
    ((_, problem),) = install.verify([found], folder)
    assert problem is not None


def test_removing_what_is_not_ours(builtin: list[Package], folder: Path) -> None:
    with pytest.raises(ModelError, match="remove it where it is"):
        install.remove(str(builtin[0].path), folder)
    with pytest.raises(ModelError, match="not installed"):
        install.remove("nothing", folder)


FIREFOX = {
    "model.xxen.intgemm.alphas.bin": b"weights",
    "vocab.xxen.spm": b"pieces",
    "lex.50.50.xxen.s2t.bin": b"words",
}


def test_firefox_files_are_gathered(tmp_path: Path) -> None:
    from normalize.translate.firefox import gather

    for name, data in FIREFOX.items():
        (tmp_path / name).write_bytes(data)
    assert gather(tmp_path, "xx") == {"model.bin": b"weights", "vocab.spm": b"pieces", "lex.bin": b"words"}
    with pytest.raises(ModelError, match="not a Firefox model"):
        gather(tmp_path, "yy")
    with pytest.raises(ModelError, match="no such folder"):
        gather(tmp_path / "none", "xx")


def test_firefox_without_its_package_says_what_to_install(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fxtranslate", None)
    for name, data in FIREFOX.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError, match=r"normalize\[firefox\]"):
        install.install_firefox("xx", files=tmp_path, folder=folder)
    assert list(folder.iterdir()) == []


class Engine:
    """As `fxtranslate.Translator`: what it would be given, and what it would be asked."""

    def __init__(self, model: bytes, source: bytes, target: bytes, words: bytes | None = None) -> None:
        assert (model, source, target, words) == (b"weights", b"pieces", b"pieces", b"words")

    def translate(self, text: str) -> str:
        return "The government announced new measures." if "мере" in text else text


def test_firefox_files_become_a_model(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    module = types.ModuleType("fxtranslate")
    module.Translator = Engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fxtranslate", module)
    for name, data in FIREFOX.items():
        (tmp_path / name).write_bytes(data)
    found = install.install_firefox("xx", files=tmp_path, folder=folder)
    assert (found.engine, found.licence, found.languages) == ("firefox", "MPL-2.0", ("xx",))
    translation = Translation(TranslateOptions(models=folder, memory=False))
    (result,) = translation.translate_lines(["Влада је најавила нове мере."], "xx")
    assert result.text == "The government announced new measures."
    assert install.install_firefox("xx", files=tmp_path, folder=folder).path == found.path
    assert install.remove("firefox-xx_en", folder) == found.path
    assert not found.path.exists()


def test_firefox_files_that_are_none(tmp_path: Path, folder: Path) -> None:
    pytest.importorskip("fxtranslate")
    for name, data in FIREFOX.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError, match="cannot be loaded"):
        install.install_firefox("xx", files=tmp_path, folder=folder)


def test_a_lock_names_what_is_used(
    builtin: list[Package], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "models.lock"
    lang = builtin[0].languages[0]
    assert status(["models", "lock", "--for", lang, "--output", str(path)]) == 0
    capsys.readouterr()
    (locked,) = read_lock(path).models
    assert lang in locked.languages
    used = Translation(TranslateOptions(lock=path, memory=False))
    assert used.available(lang)
    assert not used.available("xx")
    path.write_text(path.read_text(encoding="utf-8").replace(locked.sha256, "0" * 64), encoding="utf-8")
    with pytest.raises(ModelError, match="is another file"):
        Translation(TranslateOptions(lock=path, memory=False)).available(lang)
    path.write_text(
        'schema = 1\n[[model]]\nname = "n"\nversion = "1"\nsha256 = "2"\nsource = "https://e.org/m"',
        encoding="utf-8",
    )
    with pytest.raises(ModelError, match=r"normalize models install https://e\.org/m"):
        Translation(TranslateOptions(lock=path, memory=False)).available(lang)
    for damaged in ("", "schema = 2", "schema = 1\nmodel = 3", "=", 'schema = 1\n[[model]]\nname = "n"'):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(ModelError, match=r"models\.lock"):
            read_lock(path)


def test_the_commands(package: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert status(["models", "install", str(package)]) == 0
    path = capsys.readouterr().out.strip()
    assert Path(path).parent == user_folder()
    assert status(["models", "list"]) == 0
    assert "user" in capsys.readouterr().out
    assert status(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    (mine,) = [model for model in listed["models"] if model["origin"] == "user"]
    assert mine["sha256"] == checksum(package)
    assert mine["licence"]
    assert status(["models", "verify"]) == 0
    assert "bad" not in capsys.readouterr().out
    (user_folder() / "broken.argosmodel").write_text("x", encoding="utf-8")
    assert status(["models", "verify"]) == 1
    assert "broken.argosmodel" in capsys.readouterr().err
    (user_folder() / "broken.argosmodel").unlink()
    assert status(["models", "remove", path]) == 0
    assert status(["models", "remove", path]) == 4
    assert status(["models", "install", str(tmp_path / "none.argosmodel")]) == 4
    assert status(["models", "install", "!"]) == 2
    assert status(["models", "install", "x", "--files", str(tmp_path)]) == 2
