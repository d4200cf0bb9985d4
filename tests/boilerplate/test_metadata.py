"""Title, date and author from the text."""

from __future__ import annotations

import pytest

from normalize import metadata


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Sunday, January 09, 2022", "2022-01-09"),
        ("2021-03-14", "2021-03-14"),
        ("Nov 20 2019, 09:01 AM IST", "2019-11-20"),
        ("9. januar 2022.", "2022-01-09"),
        ("недеља, 9. јануар 2022.", "2022-01-09"),
        ("5 listopada 2020.", "2020-10-05"),
        ("9 января 2022 года, 14:20", "2022-01-09"),
        ("9 січня 2022", "2022-01-09"),
        ("12.03.2021. 14:05", "2021-03-12"),
        ("2022年1月9日", "2022-01-09"),
        ("25. September 2018", "2018-09-25"),
        ("19 de novembro de 2019", "2019-11-19"),
        ("In March 2020 the harbour was closed", None),
        ("January 9, 2022 was a cold day", None),
        ("31. februar 2022.", None),
        ("Market 9, 2022", None),
    ],
)
def test_lines_that_are_a_date(line: str, date: str | None) -> None:
    assert metadata.date_of_line(line) == date


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jane Roe", "Jane Roe"),
        ("By JANE ROE, Staff Writer", "JANE ROE"),
        ("By Jane Roe | May 3, 2020", "Jane Roe"),
        ("Articles by: Free Example Media", "Free Example Media"),
        ("Аутор: Јана Рое", "Јана Рое"),
        ("Автор: Яна Роу", "Яна Роу"),
        ("作者：李四", "李四"),
        ("By the time he came, it was over", None),
        ("By noon", None),
        ("by chance", None),
    ],
)
def test_lines_that_are_a_byline(line: str, author: str | None) -> None:
    assert metadata.author_of_line(line) == author


def test_datelines() -> None:
    found = metadata.dateline("Jan. 6, 2022 (XYNS)—At the request of the mayor")
    assert found == metadata.Dateline(20, "2022-01-06")
    assert metadata.dateline("NEW YORK (XY) - Oil prices fell") is None
    assert metadata.dateline("Room 6, 2022 (the old one) - was empty") is None


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (["Harbour Workers Say The Fire Was No Accident"], 1),
        (["The River Dam Endangers", "Farmers And Fishermen"], 2),
        (["The harbour was closed for three days."], 0),
        (["Is it only a revolt? It seems", "so. A coup", "and a conflict"], 0),
        (["- an item of a list"], 0),
    ],
)
def test_title_lines(block: list[str], lines: int) -> None:
    assert metadata.title_lines(block) == lines
