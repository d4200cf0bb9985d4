"""The command that shows what is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from normalize.cli.explain import command

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "Home | News\n\nThe bridge will be open again by the end of the month, the authority says. "
    "Read more: How it was built\n\nShare this article\n"
)


def explain(path: Path, *options: str) -> list[str]:
    done = CliRunner().invoke(command, [str(path), "--no-translate", *options], standalone_mode=False)
    assert done.exception is None
    assert done.return_value == 0
    return [" ".join(line.split()) for line in done.output.splitlines()]


def test_lines_are_shown_with_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    lines = explain(path)
    assert "1 ✗ Home | News navigation · pattern:navigation/site-links" in lines
    assert any(line.startswith("3 ✗ The bridge will be open") for line in lines)
    assert any(line.startswith("5 ✗ Share this article share · ") for line in lines)
    assert lines[-1].startswith("removed: ")
    assert len(explain(path, "--keep-boilerplate", "--removed")) == 2


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The bridge \x1b]0;owned\x07 will be open again, the authority said on Monday.\n", encoding="utf-8"
    )
    assert not {"\x1b", "\x07"} & set("".join(explain(path)))
