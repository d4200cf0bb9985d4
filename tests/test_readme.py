"""What the README shows works."""

from __future__ import annotations

import regex

from normalize.pipeline import from_text
from normalize.translate import TranslateOptions, Translation, Translator
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_block(marker: str) -> str:
    (block,) = [found for found in regex.findall(r"```python\n(.*?)```", README, regex.S) if marker in found]
    return str(block)


def test_the_example_translator_works() -> None:
    namespace: dict[str, type] = {}
    exec(code_block("class Shouting"), namespace)  # noqa: S102 - our own README
    options = TranslateOptions(memory=False)
    translator = namespace["Shouting"](options)
    assert isinstance(translator, Translator)
    (line,) = Translation(options, translator=translator).translate_lines(["Влада је то саопштила."], "sr")
    assert line.model == "shouting@1"
    # The checks hold for any translator: shouting in Cyrillic is no English.
    assert not line.ok or line.flags


def test_the_example_in_python_works() -> None:
    texts = ["One text.", "Another one."]
    namespace: dict[str, object] = {"texts": texts}
    exec(code_block("normalizer = Normalizer()"), namespace)  # noqa: S102
    assert namespace["result"].text == "Another one.\n"  # type: ignore[attr-defined]


def test_the_pieces_of_the_table_of_changes_are_where_the_map_says() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in regex.findall(r"`(normalize/[\w/]+(?:\.py|/))`", plan):
        assert (ROOT / path).exists(), path


def test_text_of_the_readme_is_english() -> None:
    from normalize.identify import identify

    found = {README[span.start : span.end] for span in identify(from_text(README, "README.md").text)}
    assert found <= {"пријавио", "ka", "Влада је то саопштила."}
