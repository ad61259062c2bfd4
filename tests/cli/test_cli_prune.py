"""`imagedeck prune`, and what stands in its way."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def old(home: Path) -> Path:
    place = home / ".local/share/imagedeck/demo/quarantine/2026-a-cat-1.bytes"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x" * 1500)
    long_ago = time.time() - 40 * 86400
    os.utime(place, (long_ago, long_ago))
    return place


def test_nothing_to_prune_makes_no_database(deck: Deck, home: Path) -> None:
    ran = deck("prune", "--demo")
    assert (ran.code, ran.lines) == (0, ["Nothing is old enough to be removed."])
    assert not list(home.rglob("*.db"))
    assert deck("prune", "--json").objects == [
        {"kind": "total", "number": 0, "bytes": 0, "dry_run": False}
    ]


def test_it_says_what_goes_and_how_much(deck: Deck, home: Path, old: Path) -> None:
    (path,) = deck("generate", "gpt", "a cat", "--demo", "--quality", "low").lines
    assert deck("prune", "--demo").lines == ["Nothing is old enough to be removed."]
    config = home / ".config/imagedeck/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[keep]\nquarantine = 30\n")
    ran = deck("prune", "--demo", "--dry-run")
    assert ran.lines == ["      1  in quarantine, 1.5 kB", "Would free 1.5 kB."]
    assert old.exists()
    ran = deck("prune", "--demo", "--json")
    assert ran.code == 0
    assert ran.objects == [
        {"kind": "quarantine", "number": 1, "bytes": 1500, "dry_run": False},
        {"kind": "total", "number": 1, "bytes": 1500, "dry_run": False},
    ]
    assert not old.exists()
    assert Path(path).exists()
    assert deck("show", deck("jobs", "--demo", "--json").objects[0]["job"], "--demo").code == 0


def test_the_ages_are_shown_and_checked(deck: Deck, home: Path) -> None:
    rows = {one["name"]: one["value"] for one in deck("config", "show", "--json").objects}
    assert [rows[f"keep.{name}"] for name in ("quarantine", "results")] == [90, 7]
    config = home / ".config/imagedeck/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[keep]\nresults = 0\n")
    ran = deck("prune")
    assert ran.code == 2
    assert "config.toml:2: keep.results: must be at least 1" in ran.err


def test_a_damaged_database_is_told_of_once(deck: Deck, home: Path) -> None:
    deck("generate", "gpt", "a cat", "--demo", "--quality", "low")
    database = home / ".local/share/imagedeck/demo/imagedeck.db"
    whole = bytearray(database.read_bytes())
    whole[:64] = bytes(64)
    database.write_bytes(whole)
    ran = deck("jobs", "--demo")
    assert ran.code == 0
    assert "was damaged. 1 jobs could be read" in ran.err
    assert "a cat" in ran.out
    assert deck("jobs", "--demo").err == ""


def test_a_deleted_current_folder_is_told(run_process: Deck, home: Path) -> None:
    gone = home / "gone"
    gone.mkdir()
    ran = run_process("config", "show", "--demo", preexec_fn=lambda: (os.chdir(gone), gone.rmdir()))
    assert ran.code == 6
    assert ran.err == (
        "The current folder is not there any more: go to another one (cd), then try again.\n"
    )


def test_files_are_private_whatever_the_umask(run_process: Deck, home: Path) -> None:
    ran = run_process(
        "generate", "gpt", "a cat", "--demo", "--quality", "low", preexec_fn=lambda: os.umask(0)
    )
    assert ran.code == 0, ran.err
    open_to_others = [
        path for path in home.rglob("*") if path.stat().st_mode & 0o077 and path.name != "work"
    ]
    assert open_to_others == []


def test_a_remote_screen_gets_no_key(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli.root.is_terminal", lambda: True)
    monkeypatch.setattr("tui.cli.root.has_size", lambda: True)
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    ran = deck()
    assert ran.code == 2
    assert "whoever reaches the screen would spend with your key" in ran.err


def test_a_file_of_session_keys_is_warned_of(
    deck: Deck, at_gateway: Deck, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_gateway()
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "secrets"))
    ran = deck("generate", "gpt", "a cat", "--quality", "low")
    assert ran.code == 0
    assert "SSLKEYLOGFILE is set" in ran.err
