"""Where a key comes from, and that it never shows itself."""

import copy
import os
import pickle
import stat
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from tui.services.keys import (
    ApiKeyError,
    BadKeyError,
    FoundKey,
    Key,
    KeyCommandError,
    KeyFileError,
    carried,
    find_key,
    fingerprint,
    forget_key,
    is_of,
    no_key,
    ring,
    store_key,
    without_key,
)
from tui.services.keys.command import key_from_command
from tui.services.keys.sources import key_file
from tui.services.places import Places
from tui.services.settings import Settings

CANARY = "sk-CANARY-0123456789abcdef"


class Memory(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Broken(keyring.backend.KeyringBackend):
    """A keyring that raises whatever D-Bus raises."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionRefusedError(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ConnectionRefusedError(service, username, password)


class Hanging(Memory):
    """A keyring that answers only when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.go.wait(30)
        return super().get_password(service, username)


def turn_off() -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]


@pytest.fixture
def memory() -> Iterator[Memory]:
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    turn_off()


@pytest.fixture
def no_keyring() -> None:
    turn_off()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    config = tmp_path / "config"
    return Places(config=config, data=tmp_path, state=tmp_path, images=tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(output_dir=tmp_path, base_url="https://one.example:8443/api")


class TestKey:
    def test_it_shows_itself_nowhere(self) -> None:
        key = Key(CANARY)
        shown = [repr(key), str(key), f"{key}", f"{key:>20}", "%s" % key, repr([key])]  # noqa: UP031 - this way too
        assert not [one for one in shown if "CANARY" in one]
        assert b"CANARY" not in pickle.dumps(key)
        assert pickle.loads(pickle.dumps(key)) == "***"  # noqa: S301 - our own pickle
        assert str(copy.deepcopy(key)) == "***"
        assert not hasattr(key, "__dict__")
        assert key.reveal() == CANARY

    @pytest.mark.parametrize("text", [" abc", "abc\n", "\ufeffabc\r\n", "\tabc "])
    def test_it_is_trimmed(self, text: str) -> None:
        assert Key(text).reveal() == "abc"

    @pytest.mark.parametrize(
        "text", ["", " \n", "a b", "a\nb", "a\r\nX: y", "ключ", "a\x7f", "a\0"]
    )
    def test_what_cannot_be_a_key(self, text: str) -> None:
        with pytest.raises(BadKeyError) as caught:
            Key(text)
        assert str(caught.value).startswith("The key ")
        assert "X: y" not in str(caught.value)

    def test_hints(self) -> None:
        assert Key(CANARY).masked == "sk-…cdef"
        assert Key("x" * 20).masked == "…xxxx"
        assert Key("sk-short").masked == "***"

    def test_fingerprints_tell_keys_and_salts_apart(self) -> None:
        prints = {fingerprint(Key(key), salt) for key in ("aaa", "bbb") for salt in (b"1", b"2")}
        assert len(prints) == 4
        assert all(len(one) == 8 and int(one, 16) >= 0 for one in prints)
        assert fingerprint(Key("aaa"), b"1") == fingerprint(Key(" aaa\n"), b"1")

    def test_equality(self) -> None:
        assert Key("aaa") == Key("aaa ")
        assert len({Key("aaa"), Key("aaa"), Key("bbb")}) == 2
        assert Key("aaa") != "aaa"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class TestCommand:
    def test_the_first_line_is_the_key(self) -> None:
        command = python(f"print('\\n{CANARY}  \\nlogin: me')")
        assert key_from_command(command, os.environ).reveal() == CANARY

    def test_it_does_not_inherit_the_key_or_a_terminal(self) -> None:
        code = (
            "import os, sys\n"
            "print(os.environ.get('IMAGEDECK_API_KEY', 'none') + str(len(sys.stdin.read())))"
        )
        environ = {**os.environ, "IMAGEDECK_API_KEY": CANARY}
        assert key_from_command(python(code), environ).reveal() == "none0"
        assert "IMAGEDECK_API_KEY" not in without_key(environ)

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (["/nowhere/pass"], "/nowhere/pass can't be started: No such file"),
            (python("import sys; sys.exit('\x1b[2Jlocked')"), r"code 1. It said: \x1b[2Jlocked"),
            (python("pass"), "printed is no key. The key is empty."),
            (python("print('two words')"), "a blank"),
            (python("import sys; sys.stdout.buffer.write(b'\\xff')"), "outside ASCII"),
        ],
    )
    def test_failures_are_told(self, command: list[str], said: str) -> None:
        with pytest.raises(KeyCommandError) as caught:
            key_from_command(command, os.environ)
        assert said in str(caught.value)

    def test_one_that_hangs_ends_with_its_children(self, tmp_path: Path) -> None:
        note = tmp_path / "pid"
        code = (
            "import subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
            f"open({str(note)!r}, 'w').write(str(child.pid))\n"
            "child.wait()"
        )
        with pytest.raises(KeyCommandError, match="no answer within 2 seconds"):
            key_from_command(python(code), os.environ, timeout=2.0)
        child = int(note.read_text())
        deadline = time.monotonic() + 10
        while _is_alive(child) and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class TestOrder:
    def test_the_first_source_wins(
        self, memory: Memory, settings: Settings, places: Places
    ) -> None:
        assert find_key(settings, {}, places) is None
        file = key_file(settings, places)
        memory.kept["imagedeck", f"default@{settings.origin}"] = "from-keyring"
        file.parent.mkdir(parents=True, mode=0o700)
        file.write_text("from-file\n")
        file.chmod(0o600)
        with_command = replace(settings, key_command=tuple(python("print('from-command')")))
        environ = {"IMAGEDECK_API_KEY": " from-variable\n"}
        assert find_key(with_command, environ, places) == FoundKey(
            Key("from-variable"), "IMAGEDECK_API_KEY"
        )
        assert find_key(with_command, {"IMAGEDECK_API_KEY": " "}, places) == FoundKey(
            Key("from-command"), "key_command"
        )
        assert find_key(settings, {}, places) == FoundKey(Key("from-keyring"), "keyring")
        memory.kept.clear()
        assert find_key(settings, {}, places) == FoundKey(Key("from-file"), str(file))

    def test_a_source_set_up_on_purpose_must_work(
        self, memory: Memory, settings: Settings, places: Places
    ) -> None:
        memory.kept["imagedeck", f"default@{settings.origin}"] = "two words"
        broken = replace(settings, key_command=tuple(python("raise SystemExit(3)")))
        with pytest.raises(KeyCommandError, match="code 3"):
            find_key(broken, {}, places)
        with pytest.raises(BadKeyError, match="IMAGEDECK_API_KEY: The key holds"):
            find_key(settings, {"IMAGEDECK_API_KEY": "a b"}, places)
        with pytest.raises(BadKeyError, match=r"The keyring: .* `imagedeck key set`"):
            find_key(settings, {}, places)

    def test_a_key_is_never_used_for_another_origin_or_profile(
        self, memory: Memory, settings: Settings, places: Places
    ) -> None:
        assert store_key(settings, places, Key(CANARY)) == "keyring"
        others = [
            replace(settings, base_url="https://one.example/api"),
            replace(settings, base_url="http://localhost:8443/api"),
            replace(settings, profile="work"),
        ]
        assert find_key(replace(settings, base_url="https://one.example:8443"), {}, places)
        assert [find_key(one, {}, places) for one in others] == [None] * 3
        turn_off()
        store_key(settings, places, Key(CANARY))
        assert [find_key(one, {}, places) for one in others] == [None] * 3
        assert memory.kept

    def test_what_to_do_without_a_key(self, settings: Settings) -> None:
        said = no_key(replace(settings, profile="work"))
        assert "https://one.example:8443" in said
        assert "work" in said
        assert "imagedeck key set" in said


class TestKeyring:
    def test_store_find_forget(self, memory: Memory, settings: Settings, places: Places) -> None:
        assert store_key(settings, places, Key(CANARY)) == "keyring"
        assert list(memory.kept.values()) == [CANARY]
        assert not places.config.exists()
        assert forget_key(settings, places) == ("keyring",)
        assert forget_key(settings, places) == ()
        assert memory.kept == {}

    @pytest.mark.usefixtures("no_keyring")
    def test_an_older_file_goes_when_the_keyring_takes_the_key(
        self, settings: Settings, places: Places
    ) -> None:
        file = Path(store_key(settings, places, Key("an-older-key")))
        keyring.set_keyring(Memory())
        assert store_key(settings, places, Key(CANARY)) == "keyring"
        assert not file.exists()
        turn_off()

    @pytest.mark.parametrize("backend", [Broken, keyring.backends.null.Keyring])
    def test_a_useless_one_is_passed_over(
        self,
        backend: type[keyring.backend.KeyringBackend],
        memory: Memory,
        settings: Settings,
        places: Places,
    ) -> None:
        keyring.set_keyring(backend())
        where = store_key(settings, places, Key(CANARY))
        assert where == str(key_file(settings, places))
        assert find_key(settings, {}, places) == FoundKey(Key(CANARY), where)
        assert forget_key(settings, places) == (where,)
        assert memory.kept == {}

    def test_one_that_hangs_is_passed_over(self, memory: Memory) -> None:
        hanging = Hanging()
        keyring.set_keyring(hanging)
        assert ring.read("user", timeout=0.05) is None
        assert ring.write("user", "secret", timeout=0.05) is False
        assert ring.remove("user", timeout=0.05) is False
        hanging.go.set()
        assert memory.kept == {}


@pytest.mark.usefixtures("no_keyring")
class TestFile:
    def test_it_is_for_its_user_alone(self, settings: Settings, places: Places) -> None:
        file = Path(store_key(settings, places, Key("an-older-key")))
        assert store_key(settings, places, Key(CANARY)) == str(file)
        assert file.read_text() == f"{CANARY}\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert list(file.parent.iterdir()) == [file]
        assert file.name.startswith("one.example-")

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
    def test_others_must_not_read_it(self, settings: Settings, places: Places, mode: int) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        file.chmod(mode)
        with pytest.raises(KeyFileError, match=f"chmod 600 '{file}'"):
            find_key(settings, {}, places)

    def test_others_must_not_look_into_the_folder(self, settings: Settings, places: Places) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        file.parent.chmod(0o755)
        with pytest.raises(KeyFileError, match=f"chmod 700 '{file.parent}'"):
            find_key(settings, {}, places)
        with pytest.raises(KeyFileError, match=f"chmod 700 '{file.parent}'"):
            store_key(settings, places, Key(CANARY))

    def test_links_are_refused(self, settings: Settings, places: Places, tmp_path: Path) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        file.rename(tmp_path / "stolen")
        file.symlink_to(tmp_path / "stolen")
        with pytest.raises(KeyFileError, match="is a symbolic link"):
            find_key(settings, {}, places)
        assert store_key(settings, places, Key("a-new-key"))
        assert (tmp_path / "stolen").read_text() == f"{CANARY}\n"
        folder = file.parent.rename(tmp_path / "moved")
        file.parent.symlink_to(folder)
        with pytest.raises(KeyFileError, match="is a symbolic link"):
            find_key(settings, {}, places)
        with pytest.raises(KeyFileError, match="is a symbolic link"):
            store_key(settings, places, Key(CANARY))

    def test_foreign_files_are_refused(
        self, settings: Settings, places: Places, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        real = os.fstat

        def foreign(number: int) -> os.stat_result:
            fields = list(real(number))
            fields[4] += 1
            return os.stat_result(fields)

        monkeypatch.setattr(os, "fstat", foreign)
        with pytest.raises(KeyFileError, match=f"{file} belongs to another user"):
            find_key(settings, {}, places)

    def test_what_is_no_key_file(self, settings: Settings, places: Places) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        file.write_text("two words")
        with pytest.raises(KeyFileError, match="holds no key"):
            find_key(settings, {}, places)
        file.unlink()
        os.mkfifo(file, 0o600)
        with pytest.raises(KeyFileError, match="is not a file"):
            find_key(settings, {}, places)
        file.unlink()
        file.mkdir()
        with pytest.raises(ApiKeyError, match="can't be deleted"):
            forget_key(settings, places)
        with pytest.raises(KeyFileError, match="can't be written"):
            store_key(settings, places, Key(CANARY))
        assert list(file.parent.iterdir()) == [file]

    def test_none_is_no_fault(self, settings: Settings, places: Places) -> None:
        file = Path(store_key(settings, places, Key(CANARY)))
        assert forget_key(settings, places) == (str(file),)
        assert find_key(settings, {}, places) is None


def test_a_carried_fingerprint_is_known_to_its_key_and_to_no_other() -> None:
    mine, theirs = Key("a-key-of-mine"), Key("a-key-of-theirs")
    mark = carried(fingerprint(mine, b"salt"), b"salt")
    assert is_of(mine, mark)
    assert carried(mark, b"another") == mark
    strange = ("0123abcd", "0123abcd@", "0123abcd@no hex", "@", None)
    assert not any(is_of(one, other) for one in (mine, theirs) for other in strange)
    assert not is_of(theirs, mark)
