import errno
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.services import files
from tui.services.files import StorageError, check_folder, new_part, on_disk, place, private, sweep


def part_with(folder: Path, data: bytes) -> tuple[Path, str]:
    part = new_part(folder, ".x-1.")
    with open(part, "xb", opener=private) as file:
        file.write(data)
    return part, hashlib.sha256(data).hexdigest()


def place_one(folder: Path, data: bytes) -> Path:
    part, sha256 = part_with(folder, data)
    try:
        return place(part, "stem", "png", sha256)
    finally:
        part.unlink(missing_ok=True)


@pytest.fixture(params=["links", "no links"])
def either_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("either_disk")
def test_a_name_is_given_once_and_the_next_is_free(tmp_path: Path) -> None:
    first, again, other = (place_one(tmp_path, data) for data in (b"one", b"one", b"two"))
    assert (first.name, again.name, other.name) == ("stem.png", "stem.png", "stem_2.png")
    assert (first.read_bytes(), other.read_bytes()) == (b"one", b"two")
    assert first.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["stem.png", "stem_2.png"]


@pytest.mark.usefixtures("either_disk")
def test_racers_for_one_name_never_overwrite(tmp_path: Path) -> None:
    count = 40
    together = threading.Barrier(count)

    def race(number: int) -> Path:
        together.wait()
        return place_one(tmp_path, b"%d" % number)

    with ThreadPoolExecutor(count) as pool:
        paths = list(pool.map(race, range(count)))
    assert len(set(paths)) == count
    assert [path.read_bytes() for path in paths] == [b"%d" % number for number in range(count)]
    assert not list(tmp_path.glob("*.part"))


def test_nothing_planted_at_a_name_is_written_through(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"same")
    (tmp_path / "stem.png").symlink_to(target)
    (tmp_path / "stem_2.png").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "stem_3.png")
    (tmp_path / "stem_4.png").mkdir()
    assert place_one(tmp_path, b"same").name == "stem_5.png"
    assert target.read_bytes() == b"same"
    assert not (tmp_path / "nowhere").exists()


def test_a_part_is_never_opened_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / ".x.part"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError, match="exists"), open(link, "xb", opener=private):
        pass


def test_only_our_own_leftovers_are_swept(tmp_path: Path) -> None:
    kept = [".x-11.ab.part", ".y-1.ab.part", ".x-1.ab", "x-1.ab.part"]
    for name in [*kept, ".x-1.ab.part"]:
        (tmp_path / name).touch()
    (tmp_path / ".x-1.link.part").symlink_to(tmp_path / kept[0])
    (tmp_path / ".x-1.folder.part").mkdir()
    sweep(tmp_path, ".x-1.")
    assert {one.name for one in tmp_path.iterdir()} == {*kept, ".x-1.folder.part"}


def test_an_error_that_is_not_about_links_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_paths: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OSError, match="Input/output"):
        place_one(tmp_path, b"x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EIO])
def test_a_folder_that_can_t_be_synced_is_fine_a_broken_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    if code == errno.EINVAL:
        files.sync_folder(tmp_path)
        return
    with pytest.raises(OSError, match="Input/output"):
        files.sync_folder(tmp_path)


def test_a_folder_is_made_private_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    check_folder(folder)
    (folder / ".check.killed.part").touch()  # as a run that was killed leaves it
    check_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(folder.iterdir())


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_in_place_of_a_folder_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"Can't write to .*file.*--output-dir"):
        check_folder(tmp_path / path)


def test_a_folder_one_may_not_write_to_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    user = os.geteuid()
    if user == 0:  # permissions don't bind root
        os.seteuid(65534)
    try:
        with pytest.raises(StorageError, match="you may not write there"):
            check_folder(tmp_path)
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only disk; choose another folder with --output-dir"),
        (errno.EACCES, "you may not write there"),
        (errno.ENAMETOOLONG, "shorter name template"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_every_sentence_names_place_and_remedy(code: int, words: str) -> None:
    with pytest.raises(StorageError, match=words) as caught, on_disk(Path("/some/place")):
        raise OSError(code, os.strerror(code))
    assert "/some/place" in str(caught.value)
