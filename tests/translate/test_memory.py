"""The translation memory: what is stored comes back, and nothing about it can stop a run."""

from __future__ import annotations

import logging
import multiprocessing
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.cli import status
from normalize.translate import Hypothesis, TranslateOptions, Translation
from normalize.translate.memory import Memory, key
from tests.translate.conftest import Says

if TYPE_CHECKING:
    from pathlib import Path

ROWS = st.dictionaries(
    st.binary(min_size=16, max_size=16),
    st.builds(Hypothesis, st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.floats(-50, 0)),
    max_size=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=ROWS)
def test_what_is_stored_comes_back(tmp_path: Path, rows: dict[bytes, Hypothesis]) -> None:
    path = tmp_path / "memory.sqlite"
    first = Memory(path)
    first.put(rows)
    first.close()
    again = Memory(path)
    assert again.get(list(rows)) == rows
    again.close()


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_keys_differ_where_anything_differs(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    if "\0" not in "".join(one + two):
        assert (key(*one) == key(*two)) == (one == two)


def test_many_keys_at_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m")
    rows = {n.to_bytes(16, "big"): Hypothesis(str(n)) for n in range(3000)}
    memory.put(rows)
    assert memory.get(list(rows)) == rows
    assert memory.count() == 3000
    assert memory.clear() == 3000
    assert memory.count() == 0
    memory.close()


@pytest.mark.parametrize("data", [b"no database", b"SQLite format 3\0" + bytes(200), bytes(5000)])
def test_a_damaged_file_is_made_anew(tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(data)
    memory = Memory(path)
    with caplog.at_level(logging.WARNING):
        assert memory.get([b"x" * 16]) == {}
    assert "damaged" in caplog.text
    memory.put({b"x" * 16: Hypothesis("y")})
    assert memory.get([b"x" * 16]) == {b"x" * 16: Hypothesis("y")}
    memory.close()


def test_damage_in_the_middle_of_a_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "memory.sqlite"
    memory = Memory(path)
    memory.put({n.to_bytes(16, "big"): Hypothesis("text " * 50) for n in range(2000)})
    memory.close()
    data = bytearray(path.read_bytes())
    data[8192:-4096] = b"\xa5" * (len(data) - 12288)
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        memory.get([n.to_bytes(16, "big") for n in range(2000)])
    memory.put({b"x" * 16: Hypothesis("y")})
    assert memory.get([b"x" * 16]) == {b"x" * 16: Hypothesis("y")}
    memory.close()


def test_a_place_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    memory = Memory(tmp_path / "file" / "memory.sqlite")
    with caplog.at_level(logging.WARNING):
        memory.put({b"x" * 16: Hypothesis("y")})
        assert memory.get([b"x" * 16]) == {}
    assert caplog.text.count("cannot be used") == 1


def test_a_table_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE translation (a, b)")
    other.close()
    memory = Memory(path)
    memory.put({b"x" * 16: Hypothesis("y")})
    assert memory.get([b"x" * 16]) == {b"x" * 16: Hypothesis("y")}
    memory.close()


def write(path: Path, worker: int) -> None:
    memory = Memory(path)
    for n in range(50):
        memory.put({(worker * 1000 + n).to_bytes(16, "big"): Hypothesis(f"{worker} {n}")})
    memory.close()


def test_several_processes_and_threads_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    context = multiprocessing.get_context("spawn")
    workers: list[Any] = [context.Process(target=write, args=(path, n)) for n in range(2)]
    workers += [threading.Thread(target=write, args=(path, n)) for n in range(2, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    memory = Memory(path)
    assert memory.count() == 250
    memory.close()


def test_no_sentence_is_translated_twice(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    asked = []
    lines = ["Влада је најавила нове мере.", "Влада је најавила нове мере.", "Нико то није очекивао."]
    for _ in range(2):
        translator = Says(lambda *_: "The government announced it to the people of the city.")
        translation = Translation(TranslateOptions(memory=path), translator)
        translation.translate_lines(lines, "sr")
        asked.append(len([a for a in translator.asked if a[1].name == "plain"]))
        assert translation.sentences.memory is not None
        translation.sentences.memory.close()
    assert asked[0] <= 4
    assert asked[1] == 0


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "memory.sqlite"
    assert status(["cache", "info", "--memory", str(path)]) == 0
    assert "0 sentences" in capsys.readouterr().out
    memory = Memory(path)
    memory.put({b"x" * 16: Hypothesis("y")})
    memory.close()
    assert status(["cache", "info", "--memory", str(path), "--json"]) == 0
    assert '"sentences": 1' in capsys.readouterr().out
    assert status(["cache", "clear", "--memory", str(path)]) == 0
    assert "1 sentences forgotten" in capsys.readouterr().out
    assert not path.exists()
