"""Who counts as alive: the lock decides, or a heartbeat on a network home."""

import fcntl
import os
from pathlib import Path

import pytest

from tui.services.journal.owner import Owner


async def test_the_lock_decides_not_the_file(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "owners", heartbeat=False)
    stale = tmp_path / "owners" / f"{'a' * 32}.lock"
    stale.touch()
    assert not owner.is_alive("a" * 32)
    assert not owner.is_alive("b" * 32)
    assert not owner.is_alive("../../etc/passwd")
    assert owner.is_alive(owner.id)
    with stale.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert owner.is_alive("a" * 32)
        other = Owner(tmp_path / "owners", heartbeat=False)
        assert stale.exists()
    assert other.is_alive(owner.id)
    assert owner.is_alive(other.id)
    swept = Owner(tmp_path / "owners", heartbeat=False)
    assert not stale.exists()
    for one in (owner, other, swept):
        one.close()
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_file_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock
    swept: list[Path] = []

    def sweep_first(file: int, how: int) -> None:
        if not swept:
            swept.extend((tmp_path / "owners").glob("*.lock"))
            swept[0].unlink()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    owner = Owner(tmp_path / "owners", heartbeat=False)
    assert [path.stem for path in (tmp_path / "owners").iterdir()] == [owner.id]
    owner.close()


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")
    owner = Owner(tmp_path / "owners", heartbeat=False)
    (tmp_path / "owners" / f"{'c' * 32}.lock").symlink_to(target)
    assert owner.is_alive("c" * 32)
    Owner(tmp_path / "owners", heartbeat=False).close()
    assert target.read_text() == "keep me"
    owner.close()


def test_on_a_network_home_a_heartbeat_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 1000, 20))
    monkeypatch.setattr("tui.services.journal.owner.time.monotonic", lambda: next(ticks))
    monkeypatch.setattr(fcntl, "flock", lambda *_: pytest.fail("no lock on a network home"))
    owner, other = (Owner(tmp_path / "owners", heartbeat=True) for _ in range(2))
    path = tmp_path / "owners" / f"{other.id}.lock"
    assert owner.is_alive(other.id)
    assert not owner.is_alive("d" * 32)
    os.utime(path, (1, 1))
    assert not owner.is_alive(other.id)
    other.beat()
    assert owner.is_alive(other.id)
    os.utime(path, (1, 1))
    third = Owner(tmp_path / "owners", heartbeat=True)
    assert not path.exists()
    other.beat()
    assert owner.is_alive(other.id)
    for one in (owner, other, third):
        one.close()
