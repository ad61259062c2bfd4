"""Copies of originals in a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tui.api

Deck = Callable[..., Any]


@pytest.fixture
def made(deck: Deck, at_gateway: Any) -> list[Path]:
    at_gateway()
    ran = deck("generate", "gpt", "a {red|blue} boat", "--expand", "--quality", "low")
    return [Path(line) for line in ran.lines]


def names(folder: Path | str) -> list[str]:
    return sorted(one.name for one in Path(folder).iterdir())


def remove(file: Path) -> None:
    file.unlink()


def test_originals_are_copied_with_what_lies_beside_them_and_replace_nothing(
    deck: Deck, made: list[Path]
) -> None:
    red = next(one for one in made if "red" in one.name)
    job = red.stem.rsplit("-", 2)[1]
    Path("out").mkdir()
    Path("out", red.name).write_bytes(b"somebody else's")
    ran = deck("fetch", job, "--to", "out")
    copy = Path("out", f"{red.stem}_2.png").absolute()
    assert (ran.code, ran.lines) == (0, [str(copy)])
    assert copy.read_bytes() == red.read_bytes()
    beside = Path(f"{red}.json").read_bytes()
    assert Path(f"{copy}.json").read_bytes() == beside
    assert deck("fetch", job, "--to", "out").lines == [str(copy)]
    assert len(names("out")) == 3
    (event,) = deck("fetch", "--search", "blue", "--json").objects
    (file,) = event["files"]
    assert Path(file["path"]).parent == Path.cwd()
    assert Path(file["path"]).stat().st_size == file["bytes"]
    assert event["error"] is None
    # Where they are already nothing is to be done.
    assert deck("fetch", job, "--to", str(red.parent)).lines == [str(red)]
    assert len(names(red.parent)) == 4


def test_what_can_t_be_copied_is_said(deck: Deck, made: list[Path]) -> None:
    made[0].unlink()
    made[1].write_bytes(b"edited")
    ran = deck("fetch", "--search", "boat", "--to", "out", "--json")
    assert ran.code == 6
    assert f"{made[0]} is not there any more" in ran.err
    assert f"{made[1]} is not the image that was saved there" in ran.err
    assert [one["files"] for one in ran.objects] == [[], []]
    assert {one["error"]["kind"] for one in ran.objects} == {"disk"}
    assert names("out") == []
    Path("file").touch()
    ran = deck("fetch", "--search", "boat", "--to", "file/out")
    assert ran.code == 6
    assert "is a file" in ran.err
    assert ran.err.endswith("choose another folder.\n")  # --to has named it, not --output-dir
    ran = deck("export", "--to", "file/out.zip")
    assert ran.code == 6
    assert ran.err.endswith("it is a file, not a folder; choose another folder.\n")


async def test_a_program_fetches_them_too(at_gateway: Any) -> None:
    at_gateway()
    async with tui.api.Deck() as here:
        (job,) = await here.generate("gpt", "a boat", quality="low")
        (copy,) = await here.fetch(job, "out")
        assert copy == Path.cwd() / "out" / Path(job.files[0].path).name
        assert names("out") == [copy.name, f"{copy.name}.json"]
        for one in (copy, Path(job.files[0].path)):
            remove(one)
        with pytest.raises(tui.api.StoreError, match="is not there any more"):
            await here.fetch(job, "out")


def test_it_has_to_be_said_which(deck: Deck, made: list[Path]) -> None:
    assert made
    ran = deck("fetch")
    assert ran.code == 2
    assert "Say which jobs" in ran.err
    assert "no images to fetch" in deck("fetch", "--search", "green").err
    failed = deck("generate", "gpt", "no [fail]", "--json").objects[-1]["job"]
    assert deck("fetch", failed).code == 2
    red = made[0].stem.rsplit("-", 2)[1]
    ran = deck("fetch", failed, red)
    assert ran.code == 1  # what became of the other
    assert f"Job {failed[-10:]} has no image" in ran.err
    assert len(ran.lines) == 1
