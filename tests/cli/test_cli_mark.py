from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def trash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The trash of this test, as desktops keep it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash" / "files"


def test_tags_ratings_and_notes_are_written_and_found(deck: Deck) -> None:
    made = deck("generate", "gpt", "a lighthouse", "--demo", "--json").objects[-1]
    name = made["job"][-10:]
    ran = deck("mark", name, "--tag", "Cover", "--rate", "4", "--note", "for Ann", "--demo")
    assert (ran.code, ran.out) == (0, f"{name}  rated 4, #cover, for Ann\n")
    found = deck("jobs", "--search", "tag:cover rating>3 note:ann", "--demo", "--json").objects
    assert [one["job"] for one in found] == [made["job"]]
    ran = deck("mark", name, "--untag", "cover", "--rate", "0", "--demo", "--json")
    assert ran.objects[0]["rating"] is None
    assert ran.objects[0]["tags"] == []
    shown = deck("show", name, "--demo").out
    assert "note       for Ann" in shown
    assert deck("mark", name, "--demo").code == 2
    assert deck("mark", name, "--rate", "6", "--demo").code == 2


def test_deleting_takes_a_job_off_the_lists_and_its_images_to_the_trash(
    deck: Deck, trash: Path
) -> None:
    made = deck("generate", "gpt", "a lighthouse", "--demo", "--json").objects[-1]
    name, image = made["job"][-10:], Path(made["files"][0]["path"])
    ran = deck("delete", name, "--demo")
    assert (ran.code, ran.out) == (0, f"{name}  deleted: a lighthouse\n")
    assert not image.exists()
    assert {one.name for one in trash.iterdir()} == {image.name, f"{image.name}.json"}
    assert deck("jobs", "--demo", "--json").objects == []
    assert len(deck("jobs", "--search", "is:deleted", "--demo", "--json").objects) == 1
    ran = deck("delete", name, "--undo", "--demo")
    assert ran.code == 0
    assert "system's trash" in ran.err
    assert len(deck("jobs", "--demo", "--json").objects) == 1
    again = deck("delete", name, "--undo", "--demo")
    assert (again.code, again.err) == (2, f"Job {name} is not deleted.\n")


def test_a_job_that_is_not_over_is_not_deleted(deck: Deck) -> None:
    deck("generate", "gpt", "a lighthouse", "--demo", "--no-wait")
    (made,) = deck("jobs", "--demo", "--json").objects
    ran = deck("delete", made["job"], "--demo")
    assert ran.code == 2
    assert "only jobs that are over are deleted" in ran.err
