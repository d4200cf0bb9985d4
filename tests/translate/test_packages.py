"""Packages: where they are found, which is best, and that none can do harm."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.errors import ExitCode, ModelError
from normalize.translate import TranslateOptions, Translation, packages
from normalize.translate.packages import Package, Quality, open_package, route


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil", "leads out"),
        ("p/../../evil", "leads out"),
        ("/etc/passwd", "leads out"),
        ("p\\..\\evil", "leads out"),
        ("C:/evil", "leads out"),
        ("q/second-folder", "one folder"),
        ("loose-file", "not inside"),
        ("p/METADATA.json", "twice"),
    ],
)
def test_harmful_names_are_refused(archive: Any, name: str, why: str) -> None:
    with pytest.raises(ModelError, match=why) as caught:
        open_package(archive({name: b"x"}))
    assert caught.value.exit_code == ExitCode.CANNOT_START


def test_links_are_refused(archive: Any) -> None:
    path = archive()
    with zipfile.ZipFile(path, "a") as out:
        link = zipfile.ZipInfo("p/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
    with pytest.raises(ModelError, match="link"):
        open_package(path)


def test_bombs_are_refused(archive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"p/bomb": bytes(packages.SMALL + 1)}, name="bomb")
    with pytest.raises(ModelError, match="almost nothing"):
        open_package(bomb)
    monkeypatch.setattr(packages, "MAX_BYTES", 100)
    with pytest.raises(ModelError, match=r"unpacks to|too large"):
        open_package(archive({"p/large": bytes(range(256)) * 2}, name="large"))
    monkeypatch.setattr(packages, "MAX_FILES", 5)
    with pytest.raises(ModelError, match="files"):
        open_package(archive({f"p/{n}": b"" for n in range(9)}, name="many"))


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ([], "object"),
        ({"to_code": "en"}, "from_code"),
        ({"from_code": "sr", "to_code": 1}, "from_code"),
        ({"from_code": "sr", "to_code": "en", "type": "sbd"}, "sbd"),
    ],
)
def test_metadata_is_checked(archive: Any, metadata: object, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        open_package(archive(metadata=metadata))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip file at all", b"PK\x03\x04" + bytes(60)])
def test_what_is_no_package_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.argosmodel"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"x\.argosmodel"):
        open_package(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(name=st.text(st.sampled_from("ab./\\:p~\x00 é"), min_size=1, max_size=12))
def test_no_accepted_name_leads_outside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "any.argosmodel"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("p/metadata.json", json.dumps({"from_code": "sr", "to_code": "en"}))
        out.writestr("p/sentencepiece.model", b"x")
        out.writestr("p/model/model.bin", b"x")
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        out.writestr(info, b"x")
    try:
        package = open_package(path)
    except (ModelError, ValueError):
        return
    with zipfile.ZipFile(path) as written:
        for member in written.namelist():
            target = (tmp_path / "out" / member).resolve()
            assert target.is_relative_to((tmp_path / "out" / package.root).resolve())
            assert ".." not in PurePosixPath(member).parts


def test_damage_in_a_model_is_named(package: Path) -> None:
    data = bytearray(package.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    package.write_bytes(data)
    translation = Translation(TranslateOptions(models=package, memory=False))
    lang = open_package(package).languages[0]
    with pytest.raises(ModelError, match=r"copy\.argosmodel"):
        translation.translate_lines(["Влада је најавила нове мере."], lang)


def test_a_folder_of_models_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        Translation(TranslateOptions(models=tmp_path / "none", memory=False)).available("sr")
    with pytest.raises(ModelError, match="no usable"):
        Translation(TranslateOptions(models=tmp_path, memory=False)).available("sr")


def test_an_unpacked_package_does_the_same(builtin: list[Package], tmp_path: Path) -> None:
    with zipfile.ZipFile(builtin[0].path) as source:
        source.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    opened = open_package(folder)
    assert (opened.languages, opened.version) == (builtin[0].languages, builtin[0].version)
    lang = opened.languages[0]
    texts = ["Влада је најавила нове мере.", "这座城市有340万人口。"]
    one = Translation(TranslateOptions(models=folder, memory=False)).translate_lines(texts, lang)
    two = Translation(TranslateOptions(models=builtin[0].path, memory=False)).translate_lines(texts, lang)
    assert [r.text for r in one] == [r.text for r in two]


def made(archive: Any, name: str, source: str, target: str = "en", origin: str = "") -> Package:
    return open_package(archive(metadata={"from_code": source, "to_code": target}, name=name), origin)


def test_several_hops_only_when_nothing_is_direct(archive: Any) -> None:
    direct = made(archive, "a", "sr")
    first, second = made(archive, "b", "sr", "de"), made(archive, "c", "de")
    assert route([first, second, direct], "sr", Quality()) == [direct]
    assert route([second, first], "sr", Quality()) == [first, second]
    assert route([first], "sr", Quality()) == []
    assert route([first, second], "zh", Quality()) == []


def test_quality_decides_and_the_user_decides_quality(archive: Any, tmp_path: Path) -> None:
    poor = made(archive, "a", "sr")
    good = open_package(
        archive(
            metadata={
                "from_code": "sr",
                "to_code": "en",
                "normalize": {"name": "good", "quality": {"sr": {"chrf": 61.5}}},
            },
            name="b",
        )
    )
    assert route([poor, good], "sr", Quality.standard()) == [good]
    table = tmp_path / "quality.toml"
    table.write_text('[packages."translate-sr_en"]\nsr = { chrf = 70 }\n', encoding="utf-8")
    assert route([poor, good], "sr", Quality.standard(table)) == [poor]
    assert Quality.standard(table).of(good, "sr") == 61.5
    table.write_text("packages = 3", encoding="utf-8")
    with pytest.raises(ModelError, match="quality table"):
        Quality.standard(table)


def test_earlier_folders_win_among_equals(
    archive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = archive()
    for folder in (tmp_path / "mine", tmp_path / "models", packages.user_folder()):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / "x.argosmodel")
    found = packages.find(tmp_path / "mine")
    assert [p.origin for p in found if p.name == "translate-sr_en" and p.version == "1.0"][:3] == [
        "--models",
        "./models",
        "user",
    ]
    assert route(found, "sr", Quality())[0].origin == "--models"
    (packages.user_folder() / "x.argosmodel").unlink()


def test_argos_own_folder_is_found_by_its_own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert packages.argos_folders() == [tmp_path / "data" / "argos-translate" / "packages"]
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "elsewhere"))
    assert packages.argos_folders() == [tmp_path / "elsewhere"]


@pytest.mark.parametrize(("code", "lang"), [("zt", "zh"), ("pb", "pt"), ("nb", "no")])
def test_other_codes_for_languages(archive: Any, code: str, lang: str) -> None:
    assert made(archive, "a", code).languages == (lang,)
