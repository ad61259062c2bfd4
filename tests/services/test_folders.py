import os
from pathlib import Path

import pytest

from tui.services.folders import (
    FolderError,
    in_order,
    look_into,
    matching,
    parent_of,
    standing,
)


def names(folder: Path, *, hidden: bool = False) -> list[str]:
    return [one.name for one in look_into(str(folder), hidden=hidden).entries]


def test_folders_come_first_and_numbers_count(tmp_path: Path) -> None:
    for name in ("10.png", "9.png", "B.JPG", "a.webp", "notes.txt", ".hidden.png", "猫.heic"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "zoo").mkdir()
    (tmp_path / ".git").mkdir()
    assert names(tmp_path) == ["zoo", "9.png", "10.png", "a.webp", "B.JPG", "猫.heic"]
    assert look_into(str(tmp_path)).hidden == 2
    assert {".git", ".hidden.png"} < set(names(tmp_path, hidden=True))
    os.utime(tmp_path / "a.webp", (1, 2e9))
    newest = in_order(look_into(str(tmp_path)).entries, newest_first=True)
    assert [one.name for one in newest][:2] == ["zoo", "a.webp"]


def test_what_no_one_can_open_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "round.png").symlink_to("round.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked").symlink_to("folder")
    found = {one.name: one.problem for one in look_into(str(tmp_path)).entries}
    assert found == {
        "folder": "",
        "linked": "",
        "gone.png": "a link that leads nowhere",
        "round.png": "a link that leads nowhere",
        "pipe.png": "a pipe or a device, not a file",
    }


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("none", "No such file or directory"),
        ("file.png", "Not a directory"),
        ("a\0b", "no folder has such a name"),
        ("~nobody-here/x", "No such file or directory"),
    ],
)
def test_a_folder_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.png").touch()
    with pytest.raises(FolderError, match=reason):
        look_into(path)


def test_names_may_hold_anything(tmp_path: Path) -> None:
    odd = [b"\xff\xfe.png", b"evil\x1b[2J.png", b"two\nlines.png", "猫 é.png".encode()]
    for name in odd:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    listed = look_into(str(tmp_path)).entries
    assert {os.fsencode(one.name) for one in listed} == set(odd)
    assert len(matching(listed, "PNG")) == 4
    assert [one.name for one in matching(listed, "e\u0301 猫")] == ["猫 é.png"]


def test_ways_up_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cats").mkdir()
    assert look_into("~/cats/../cats/").path == f"{tmp_path}/cats"
    assert parent_of(f"{tmp_path}/cats") == str(tmp_path)
    assert parent_of("/") == "/"
    places = [f"{tmp_path}/cats", "/none", f"{tmp_path}/cats", "a\0b"]
    assert [one.path for one in standing(places)] == [f"{tmp_path}/cats"]
