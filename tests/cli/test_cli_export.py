from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def made(deck: Deck, at_gateway: Any) -> list[Path]:
    at_gateway()
    ran = deck("generate", "gpt", "a {red|blue} boat", "--expand", "--quality", "low")
    more = deck("generate", "gpt", "no [fail]", "--quality", "low")
    assert more.code == 1
    return [Path(line) for line in ran.lines]


def test_all_that_is_saved_is_exported_in_each_format(deck: Deck, made: list[Path]) -> None:
    for name in ("sheet", "a.zip", "a.csv", "a.jsonl"):
        ran = deck("export", "--to", name)
        assert (ran.code, ran.lines) == (0, [name])
        assert "2 images of 2 jobs" in ran.err
    assert len((Path("a.jsonl")).read_text().splitlines()) == 2
    images = {one.name for one in Path("sheet/images").glob("*.png")}
    assert images == {one.name for one in made}
    page = Path("sheet/index.html").read_text()
    assert all(one.name in page for one in made)
    again = deck("export", "--to", "a.zip")
    assert again.code == 2
    assert "a.zip exists already" in again.err


def test_only_some_are_exported(deck: Deck, made: list[Path]) -> None:
    job = next(one for one in made if "red" in one.name).stem.rsplit("-", 2)[1]
    assert deck("export", job, "--to", "one").code == 0
    assert [one.name for one in Path("one/images").glob("*.png")] == [
        one.name for one in made if "red" in one.name
    ]
    assert "1 images of 1 jobs" in deck("export", "--search", "blue", "--to", "two").err
    group = next(
        one["batch"] for one in deck("stats", "--by", "batch", "--json").objects if one["batch"]
    )
    (event,) = deck(
        "export", "--group", group, "--to", "c.txt", "--format", "csv", "--json"
    ).objects
    assert event == {"path": "c.txt", "jobs": 2, "images": 2, "missing": 0}
    assert "There are no images" in deck("export", "--search", "green", "--to", "three").err


def test_what_is_gone_is_said(deck: Deck, made: list[Path]) -> None:
    made[0].unlink()
    ran = deck("export", "--to", "sheet")
    assert ran.code == 6
    assert f"{made[0]} is not there any more" in ran.err
    assert len(list(Path("sheet/images").glob("*.png"))) == 1
