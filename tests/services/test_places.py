"""Where files lie, and which folders are trusted."""

import os
import stat
from pathlib import Path

import pytest

from tui.services.places import PlaceError, Places, private_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "PICTURES_DIR"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the XDG variables are Linux's")
def test_the_standard_places_follow_the_xdg_variables(home: Path) -> None:
    places = Places.standard()
    assert places.config_file == home / "CONFIG_HOME/imagedeck/config.toml"
    assert places.keys == home / "CONFIG_HOME/imagedeck/keys"
    assert places.database == home / "DATA_HOME/imagedeck/imagedeck.db"
    assert places.references == home / "DATA_HOME/imagedeck/refs"
    assert places.quarantine == home / "DATA_HOME/imagedeck/quarantine"
    assert places.log_file == home / "STATE_HOME/imagedeck/imagedeck.log"
    assert places.images == home / "PICTURES_DIR/imagedeck"
    assert not list(home.iterdir())


def test_the_demo_is_apart(home: Path) -> None:
    real, demo = Places.standard(), Places.standard(demo=True)
    assert home in demo.database.parents
    assert demo.database == real.data / "demo" / "imagedeck.db"
    assert demo.images == real.images / "demo"
    assert demo.demo_store == real.data / "demo" / "gateway"
    assert demo.config_file == real.config_file
    assert demo.log_file == real.log_file


def test_a_folder_is_created_for_its_user_alone(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "b")
    assert private_folder(folder) == folder
    for one in (folder, folder.parent):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_links_files_and_foreign_folders_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    for name, said in (
        ("link", "symbolic link"),
        ("dangling", "symbolic link"),
        ("file", "is not a folder"),
        ("file/below", "can't be used"),
    ):
        with pytest.raises(PlaceError, match=said):
            private_folder(tmp_path / name)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(PlaceError, match="belongs to another user"):
        private_folder(tmp_path)
