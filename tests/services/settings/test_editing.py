"""Editing the settings loses neither a word nor a working file."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.services.settings import SettingsError
from tui.services.settings.catalog import starting_text
from tui.services.settings.editing import edit

GOOD = "ask_above = 7\n"


def writing(*texts: str) -> Callable[[Path], None]:
    left = list(texts)
    return lambda copy: (copy.write_text(left.pop(0)), None)[1]


def never(_faults: str) -> bool:
    return False


def test_the_first_edit_starts_from_everything_that_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    seen = []
    assert edit(file, lambda copy: seen.append(copy.read_text()), never)
    assert seen == [starting_text()]
    assert file.read_text() == starting_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["config.toml"]


def test_an_unchanged_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    before = file.stat()
    assert not edit(file, lambda _copy: None, never)
    assert file.stat().st_ino == before.st_ino
    assert list(tmp_path.iterdir()) == [file]


def test_the_mode_and_a_link_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "deck.toml"
    real.parent.mkdir()
    real.write_text(GOOD)
    real.chmod(0o640)
    file = tmp_path / "config.toml"
    file.symlink_to(real)
    assert edit(file, writing("ask_above = 8\n"), never)
    assert file.is_symlink()
    assert real.read_text() == "ask_above = 8\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_faults_are_told_and_edited_again(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    told: list[str] = []

    def again(faults: str) -> bool:
        told.append(faults)
        return True

    assert edit(file, writing("a = = 1\n", "\nask_abov = 1\n", "ask_above = 9\n"), again)
    assert told[0].startswith(f"{file}:1: this is no TOML")
    assert told[1].startswith(f"{file}:2: ask_abov: there is no such setting")
    assert file.read_text() == "ask_above = 9\n"


def test_a_faulty_text_is_kept_beside_the_untouched_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    with pytest.raises(SettingsError) as caught:
        edit(file, writing("ask_above = 'long work'\n"), never)
    copy = Path(str(caught.value).rpartition(" is in ")[2])
    assert f"{file}:1: ask_above" in str(caught.value)
    assert copy.read_text() == "ask_above = 'long work'\n"
    assert file.read_text() == GOOD


def test_a_file_that_was_broken_before_leaves_no_copy(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("ask_abov = 1\n")
    with pytest.raises(SettingsError, match="did you mean ask_above"):
        edit(file, lambda _copy: None, never)
    assert list(tmp_path.iterdir()) == [file]


def test_an_editor_that_deletes_the_text_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    with pytest.raises(SettingsError, match="the editor deleted the text"):
        edit(file, Path.unlink, never)
    assert file.read_text() == GOOD


def test_text_that_is_no_text_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(SettingsError, match="no UTF-8"):
        edit(file, lambda copy: (copy.write_bytes(b"\xff"), None)[1], never)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"\xff"]


def test_a_change_by_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)

    def editor(copy: Path) -> None:
        copy.write_text("ask_above = 8\n")
        file.write_text("ask_above = 1000\n")

    with pytest.raises(SettingsError, match="by somebody else"):
        edit(file, editor, never)
    assert file.read_text() == "ask_above = 1000\n"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="is not a folder"):
        edit(tmp_path / "file" / "config.toml", never, never)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="can't be written"):
        edit(Path("/proc/config.toml"), never, never)  # type: ignore[arg-type]
