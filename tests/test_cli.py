"""The contract: commands, options, exit statuses, files and report fields."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from normalize.cli import COMMANDS, cli, status
from normalize.errors import ExitCode
from tests.conftest import ROOT

if TYPE_CHECKING:
    from normalize import Normalizer

ARTICLE = """Ferry Strike Leaves Islands Waiting for Fuel

Ferry crews on the northern islands walked out on Saturday after talks about winter pay broke down. By Sunday evening, three of the five islands had less than two days of heating oil left, the harbour office said.

Ово је наша кућа. Он је мој брат.

Talks are to resume on Tuesday at 19:30 in the town hall, and both sides say that they want to end the strike before the first storms of the autumn make it harder to reach the islands.
"""
UNKNOWN = "The boats sail again, the office said.\n\nდღეს ამინდი ძალიან კარგია და ზღვა მშვიდია, ამბობენ მეთევზეები.\n"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "raw"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "sub" / "b.md").write_text("# Title\n\nPlain English text, all of it.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def load(path: str | Path) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_run_writes_documents_and_reports(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["run"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert "spans translated" in captured.out
    assert captured.err == ""
    text = Path("clean/a.txt.md").read_text(encoding="utf-8")
    _, matter, body = text.split("---\n", 2)
    matter = yaml.safe_load(matter)
    assert matter["title"] == "Ferry Strike Leaves Islands Waiting for Fuel"
    assert matter["source"] == "a.txt"
    assert set(matter["languages"]) == {"en", "sr"}
    assert not any("\u0400" <= c <= "\u04ff" for c in body)
    assert body.startswith("\n# Ferry Strike Leaves Islands Waiting for Fuel\n\nFerry crews")
    report = load("clean/_reports/a.txt.json")
    assert set(report) >= {
        "schema",
        "source",
        "output",
        "title",
        "date",
        "author",
        "languages",
        "spans",
        "removed",
        "repairs",
        "conservation",
        "error",
    }
    assert report["schema"] == 1
    assert report["output"]["path"] == "a.txt.md"
    (span,) = report["spans"]
    assert set(span) >= {
        "start",
        "end",
        "line",
        "lang",
        "script",
        "confidence",
        "kind",
        "action",
        "translation",
        "model",
        "flags",
    }
    assert (span["lang"], span["script"], span["kind"], span["action"], span["line"]) == (
        "sr",
        "Cyrl",
        "paragraph",
        "translated",
        5,
    )
    assert ARTICLE[span["start"] : span["end"]].startswith("Ово")
    assert span["translation"] in body
    assert span["model"]
    counts = report["conservation"]
    assert (
        counts["source"]
        == sum(map(str.isalpha, ARTICLE))
        == sum(v for k, v in counts.items() if k != "source")
    )
    assert Path("clean/sub/b.md.md").exists()
    run = load("clean/_reports/run.json")
    assert run["counts"]["files"] == 2
    assert run["models"][0]["sha256"]
    assert run["failures"] == []


def test_a_second_run_does_nothing_again(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["run", "--no-translate"]) == 0
    before = {path: path.stat().st_mtime_ns for path in Path("clean").glob("*.md")}
    capsys.readouterr()
    assert status(["run", "--no-translate"]) == 0
    assert "done before" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in Path("clean").glob("*.md")} == before
    assert status(["run", "--no-translate", "--force"]) == 0
    assert {path: path.stat().st_mtime_ns for path in Path("clean").glob("*.md")} != before
    (raw / "a.txt").write_text("Another text stands here now.\n")
    assert status(["run", "--no-translate"]) == 0
    assert "Another text" in Path("clean/a.txt.md").read_text()


def test_no_model_is_told_by_mark_flag_and_status(raw: Path) -> None:
    (raw / "a.txt").write_text(UNKNOWN, encoding="utf-8")
    assert status(["run", "--quiet"]) == ExitCode.UNTRANSLATED
    assert "[untranslated ka: დღეს" in Path("clean/a.txt.md").read_text(encoding="utf-8")
    (span,) = load("clean/_reports/a.txt.json")["spans"]
    assert (span["action"], span["flags"]) == ("failed", ["no-model"])


def test_formats(raw: Path) -> None:
    assert status(["run", "--format", "txt", "--no-translate", "--quiet"]) == 0
    assert Path("clean/a.txt.txt").read_text(encoding="utf-8").startswith("Ferry Strike Leaves Islands")
    assert status(["run", "--format", "jsonl", "--no-translate", "--quiet"]) == 0
    row = load("clean/a.txt.jsonl")
    assert row["source"] == "a.txt"
    assert row["report"]["schema"] == 1


def test_dry_run_writes_nothing(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["run", "--dry-run", "--no-translate"]) == 0
    assert "would write" in capsys.readouterr().out
    assert not Path("clean").exists()


def test_options_come_from_the_environment(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMALIZE_NO_TRANSLATE", "1")
    monkeypatch.setenv("NORMALIZE_FORMAT", "txt")
    assert status(["run", "--quiet"]) == 0
    assert "Ово је" in Path("clean/a.txt.txt").read_text(encoding="utf-8")


def test_one_file_and_many_workers(raw: Path) -> None:
    assert status(["run", str(raw / "a.txt"), "one", "--no-translate", "--quiet"]) == 0
    assert Path("one/a.txt.md").exists()
    for number in range(30):
        (raw / f"n{number}.txt").write_text(f"Note number {number}.\n\n{ARTICLE}", encoding="utf-8")
    assert status(["run", "--no-translate", "--quiet", "--jobs", "2"]) == 0
    assert status(["run", str(raw), "serial", "--no-translate", "--quiet", "--jobs", "1"]) == 0
    for path in Path("serial").rglob("*.md"):
        assert path.read_bytes() == Path("clean", path.relative_to("serial")).read_bytes()


def test_jsonl(raw: Path) -> None:
    rows = [{"id": 1, "text": ARTICLE}, {"id": 2, "text": "Plain."}, {"id": 3}, {"id": 4, "text": ""}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines.insert(1, '{"broken": ')
    (raw / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert status(["run", "--quiet"]) == ExitCode.SOME_FAILED
    out = [json.loads(line) for line in Path("clean/rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row.get("id") for row in out] == [1, None, 2, None, 4]
    assert "Ово је" not in out[0]["text"]
    assert out[0]["report"]["spans"][0]["action"] == "translated"
    assert out[1]["raw"] == '{"broken": '
    assert "broken JSON" in out[1]["report"]["error"]["message"]
    assert "no text in the field" in out[3]["report"]["error"]["message"]
    report = load("clean/_reports/rows.jsonl.json")
    assert report["rows"]["count"] == 5
    assert "2 of 5 rows failed" in report["error"]["message"]
    counts = report["conservation"]
    assert counts["source"] == sum(v for k, v in counts.items() if k != "source") > 0


def standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_filter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    standard_input(monkeypatch, ARTICLE.encode())
    assert status(["filter"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Ferry Strike")
    assert "Ово је" not in out
    standard_input(monkeypatch, (json.dumps({"body": ARTICLE, "n": 1}) + "\n").encode())
    assert status(["filter", "--jsonl", "--field", "body"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["n"] == 1
    assert row["report"]["spans"]


def test_detect(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["detect", str(raw / "a.txt"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["spans"][0]["lang"] == "sr"
    assert status(["detect", str(raw / "a.txt")]) == 0
    assert "sr-Cyrl" in capsys.readouterr().out
    assert status(["detect", str(raw / "none.txt")]) == ExitCode.SOME_FAILED
    (raw / "rows.jsonl").write_text(
        json.dumps({"text": ARTICLE}) + "\n" + json.dumps({"text": "Plain."}) + "\n{"
    )
    capsys.readouterr()
    assert status(["detect", str(raw / "rows.jsonl"), "--json"]) == ExitCode.SOME_FAILED
    captured = capsys.readouterr()
    assert [len(json.loads(line)["spans"]) for line in captured.out.splitlines()] == [1, 0]
    assert "row 3 is broken JSON" in captured.err
    assert not Path("clean").exists()


def test_report(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["report"]) == ExitCode.CANNOT_START
    status(["run", "--no-translate", "--quiet"])
    capsys.readouterr()
    assert status(["report"]) == 0
    assert "sub/b.md" in capsys.readouterr().out
    assert status(["report", "--json"]) == 0
    assert [file["source"]["path"] for file in json.loads(capsys.readouterr().out)["files"]] == [
        "a.txt",
        "sub/b.md",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "--format", "pdf"], 2, "pdf"),
        (["nonsense"], 2, "nonsense"),
        (["run", "-"], 2, "normalize filter"),
        (["run", "nowhere"], 4, "no such file or folder"),
        (["run", "raw", "raw/clean"], 2, "inside the input"),
        (["run", "raw", ".", "--no-translate"], 2, "inside the output"),
        (["run", "--keep", "everything"], 2, "no such category"),
        (["run", "--drop", "nowhere.toml"], 2, "no such file"),
        (["run", "--models", "nowhere"], 4, "nowhere"),
    ],
)
def test_misuse(
    raw: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert status(arguments) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_rules_that_make_no_sense_stop_the_run_before_it_starts(
    raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("[[site]]\ndrop = ['x']\n", "[[site]]\nmatch = '*'\ndrop = ['(']\n"):
        Path("normalize.toml").write_text(text)
        assert status(["run", "--no-translate"]) == ExitCode.CANNOT_START
        assert "site" in capsys.readouterr().err
    Path("normalize.toml").write_text("site = 1\n")
    assert status(["run", "--no-translate"]) == ExitCode.USAGE
    assert not Path("clean").exists()


def test_site_rules_and_categories_steer(raw: Path) -> None:
    (raw / "a.txt").write_text(
        ARTICLE + "\nTide table: 4 m\n\nPhoto: A. Lind / Coast Pictures\n", encoding="utf-8"
    )
    Path("normalize.toml").write_text("[[site]]\nmatch = '*.txt'\ndrop = ['Tide table:.*']\n")
    assert status(["run", "--no-translate", "--quiet", "--keep", "credit"]) == 0
    text = Path("clean/a.txt.md").read_text(encoding="utf-8")
    assert "Tide table" not in text
    assert "Coast Pictures" in text


def test_terminal_gets_no_control_characters(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "bad\x1b[31m\nname.txt").write_bytes(b"\x00\x01\x02" * 50)
    assert status(["run", "--no-translate"]) == ExitCode.SOME_FAILED
    captured = capsys.readouterr()
    assert "binary" in captured.err
    assert "\x1b" not in captured.err + captured.out


def commands(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((prefix + name, command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


def test_every_command_and_option_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in commands(cli):
        assert command.help, name
        assert f"normalize {name}" in readme, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"
                assert parameter.envvar, f"{name} {parameter.opts}"
    assert {name.split()[0] for name, _ in commands(cli)} == set(COMMANDS)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    heavy = [
        "ctranslate2",
        "numpy",
        "trafilatura",
        "ftfy",
        "langdetect",
        "rich",
        "lxml",
        "sentencepiece",
        "argostranslate",
        "regex",
    ]
    code = f"import sys; from normalize.cli import status; status(['--help']); print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert out.splitlines()[-1] == "[]"
    best = min(_timed() for _ in range(3))
    assert best < 1.0, "far above 0.3 s even for a busy machine"


def _timed() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "normalize", "--help"], capture_output=True, check=True, cwd=ROOT)
    return time.perf_counter() - started


def test_normalizer_is_picklable_and_streams(without_translation: Normalizer) -> None:
    other = pickle.loads(pickle.dumps(without_translation))  # noqa: S301
    results = other.texts(iter([ARTICLE, "Plain."]))
    first = next(results)
    assert first.ok
    assert first.report["spans"][0]["action"] == "kept"
    assert next(results).text == "Plain.\n"


@pytest.mark.slow
def test_the_network_is_not_needed(raw: Path) -> None:
    unshare = ["unshare", "-rn"]
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system cannot cut the network off for one process")
    command = [*unshare, sys.executable, "-m", "normalize", "run", str(raw), str(raw.parent / "clean")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
