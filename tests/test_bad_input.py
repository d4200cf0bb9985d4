"""Bad input gets a clear answer, and nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import normalize.batch
import normalize.write
from normalize.cli import status
from normalize.errors import ExitCode
from tests.conftest import ROOT

GOOD = "A good document, with one sentence in it.\n"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NORMALIZE_NO_TRANSLATE", "1")
    return folder


def error_of(name: str) -> dict[str, Any]:
    report = json.loads(Path("clean/_reports", name + ".json").read_text(encoding="utf-8"))
    assert report["output"] is None
    return dict(report["error"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("blank.txt", b" \n\n", "the file holds no text"),
        ("binary.txt", bytes(range(256)) * 8, "binary"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "a picture"),
        ("page.html", b"<html><head></head></html>", "no text"),
        ("cut.txt.gz", b"\x1f\x8b\x08\x00broken", "compression is broken"),
        ("sp ace\n😀 name.txt", b"", "the file is empty"),
    ],
)
def test_one_bad_file(
    raw: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, reason: str
) -> None:
    (raw / name).write_bytes(data)
    assert status(["run"]) == ExitCode.SOME_FAILED
    captured = capsys.readouterr()
    assert reason in captured.err
    assert name.replace("\n", " ") in captured.err
    assert "Traceback" not in captured.err
    assert reason in error_of(name)["message"]
    assert Path("clean/good.txt.md").read_text().endswith(GOOD)
    assert not Path("clean", name + ".md").exists()


def test_a_single_line_of_five_megabytes(raw: Path) -> None:
    english = "The harbour office said that the boats would sail again on Monday. " * 75_000
    (raw / "line.txt").write_text(english + "Влада је рекла да хоће.", encoding="utf-8")
    started = time.perf_counter()
    assert status(["run"]) == 0
    assert time.perf_counter() - started < 120
    assert json.loads(Path("clean/_reports/line.txt.json").read_text(encoding="utf-8"))["spans"]


def test_a_broken_sequence_in_the_middle(raw: Path) -> None:
    (raw / "broken.txt").write_bytes(
        ("Тако је рекао министар. " * 30).encode() + b"\xff\xfe\xfa" + "Још нешто.".encode()
    )
    assert status(["run"]) == 0
    assert json.loads(Path("clean/_reports/broken.txt.json").read_text(encoding="utf-8"))["flags"] == [
        "broken-encoding"
    ]


def test_a_link_out_of_the_input(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "link.txt").symlink_to("/etc/hostname")
    assert status(["run"]) == ExitCode.SOME_FAILED
    assert "leads out of the input folder" in capsys.readouterr().err
    assert "leads out" in error_of("link.txt")["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission(raw: Path) -> None:
    (raw / "closed").mkdir(mode=0)
    assert status(["run"]) == ExitCode.SOME_FAILED


def test_a_file_that_vanishes(
    raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw / "gone.txt").write_text(GOOD)
    discover = normalize.batch.discover

    def then_gone(folder: Path) -> list[Any]:
        found = discover(folder)
        (raw / "gone.txt").unlink()
        return found

    monkeypatch.setattr(normalize.batch, "discover", then_gone)
    assert status(["run"]) == ExitCode.SOME_FAILED
    assert "vanished" in capsys.readouterr().err


def test_a_full_disk_leaves_the_older_output(
    raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(["run"]) == 0
    before = Path("clean/good.txt.md").read_bytes()
    (raw / "good.txt").write_text("Another text, and a longer one than it was before.\n")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(normalize.write.os, "fsync", full)
    assert status(["run"]) == ExitCode.SOME_FAILED
    assert "No space left" in capsys.readouterr().err
    assert Path("clean/good.txt.md").read_bytes() == before
    assert not list(Path("clean").rglob("*.tmp"))


def test_output_that_is_a_file(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean").write_text("mine")
    assert status(["run"]) == ExitCode.USAGE
    assert "must be a folder" in capsys.readouterr().err
    assert Path("clean").read_text() == "mine"


def test_a_step_that_crashes_costs_one_file(
    raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import normalize.repair

    repair = normalize.repair.repair

    def crash(document: Any) -> None:
        if document.path == "bad.txt":
            raise ZeroDivisionError("of all things")
        repair(document)

    (raw / "bad.txt").write_text(GOOD)
    monkeypatch.setattr(normalize.repair, "repair", crash)
    assert status(["run"]) == ExitCode.SOME_FAILED
    assert "unexpected ZeroDivisionError" in capsys.readouterr().err
    assert Path("clean/good.txt.md").exists()


def test_interruption_while_a_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Path.open

    def interrupted(self: Path, *args: Any, **rest: Any) -> Any:
        made(self, *args, **rest).close()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        normalize.write.write_bytes(tmp_path / "out.md", b"whole or not at all")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_interruption(raw: Path) -> None:
    for number in range(300):
        (raw / f"{number}.txt").write_text(f"Number {number}. " + GOOD * 200)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "normalize", "run", "--jobs", "1"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # Whatever runs these tests in the background may have told its children to ignore interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not Path("clean").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in messages
    assert not list(Path("clean").rglob("*.tmp"))
