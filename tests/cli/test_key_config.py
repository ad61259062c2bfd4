"""`imagedeck key` and `imagedeck config`, as a person or a script sees them."""

import io
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import keyring
import keyring.backends.fail
import pytest

from tui.cli import config
from tui.cli.root import run

CANARY = "sk-CANARY-0123456789abcdef"


class World:
    """A home of a test's own, and what the commands said in it."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.file = home / "config" / "imagedeck" / "config.toml"
        self.out = self.err = ""
        self._capsys = capsys

    def run(self, *args: str, typed: str = "") -> int:
        """Run a command with that on its standard input; return the exit code."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(typed))
            code = run(args)
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def records(self) -> list[dict[str, object]]:
        assert self.out.isascii()
        return [json.loads(line) for line in self.out.splitlines()]

    def everything_written(self) -> str:
        files = [one for one in self.home.rglob("*") if one.is_file()]
        return "".join(one.read_text(errors="replace") for one in files) + self.out + self.err


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("XDG_PICTURES_DIR", str(tmp_path / "pictures"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [one for one in os.environ if one.startswith("IMAGEDECK_")]:
        monkeypatch.delenv(name)
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    hooks = sys.excepthook
    yield World(tmp_path, capsys)
    sys.excepthook = hooks


def use_editor(
    monkeypatch: pytest.MonkeyPatch, home: Path, code: str, name: str = "EDITOR"
) -> None:
    """Make a Python script the editor; it finds the file's path in `path`."""
    script = home / "my editor.py"
    script.write_text(f"import os, sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n{code}\n")
    monkeypatch.setenv(name, f"{sys.executable} '{script}' --wait")


def test_a_key_is_stored_shown_masked_and_forgotten(world: World) -> None:
    assert world.run("key", "status") == 3
    assert world.out == ""
    assert "Run `imagedeck key set`" in world.err
    assert world.run("key", "set", typed=f"{CANARY}\n") == 0
    [file] = (world.file.parent / "keys").iterdir()
    assert str(file) in world.out
    assert "sk-…cdef" in world.out
    assert CANARY not in world.out + world.err
    assert world.run("key", "status") == 0
    assert "sk-…cdef" in world.out
    assert str(file) in world.out
    assert "https://tokenhub.piegateway.me" in world.out
    assert CANARY not in world.out + world.err
    assert world.run("key", "forget") == 0
    assert "is gone from" in world.out
    assert CANARY not in world.everything_written()
    assert world.run("key", "forget") == 0
    assert "No key was stored" in world.out
    assert world.run("key", "status") == 3


def test_a_key_on_the_command_line_is_refused_and_not_repeated(world: World) -> None:
    for args in ((CANARY,), ("--", CANARY), (f"-{CANARY}",)):
        assert world.run("key", "set", *args) == 2
        assert "never taken from the command line" in world.err
        assert "CANARY" not in world.everything_written()


@pytest.mark.parametrize("typed", ["", "\n", "two words\n", f"{CANARY}\n{CANARY}\n"])
def test_what_is_no_key_is_refused(world: World, typed: str) -> None:
    assert world.run("key", "set", typed=typed) == 2
    assert "The key " in world.err
    assert "CANARY" not in world.everything_written()


def test_standard_input_without_text(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8")
    for stdin in (binary, None):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert run(["key", "set"]) == 2
        assert "key" in capsys.readouterr().err
    assert not world.file.parent.exists()


def test_on_a_terminal_the_key_is_asked_for_without_an_echo(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def prompt(text: str, **how: object) -> str:
        asked.update(how, text=text)
        return CANARY

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(click, "prompt", prompt)
    assert run(["key", "set", "--base-url", "https://other.example/api"]) == 0
    assert asked["hide_input"] is True
    assert "https://other.example" in str(asked["text"])
    assert CANARY not in "".join(capsys.readouterr())
    assert world.run("key", "status") == 3
    assert world.run("--base-url", "https://other.example", "key", "status") == 0


def test_stronger_sources_are_pointed_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDECK_API_KEY", "sk-from-the-variable-0000")
    world.file.parent.mkdir(parents=True)
    world.file.write_text(f'key_command = ["{sys.executable}", "-c", "print(1)"]\n')
    assert world.run("key", "set", typed=CANARY) == 0
    assert "IMAGEDECK_API_KEY is set and goes before it" in world.err
    assert "key_command is set and goes before it" in world.err
    assert world.run("key", "status") == 0
    assert "IMAGEDECK_API_KEY" in world.out
    assert "sk-…0000" in world.out
    monkeypatch.delenv("IMAGEDECK_API_KEY")
    assert world.run("key", "status") == 0
    assert "key_command" in world.out


def test_a_failing_source_has_a_sentence_and_exit_code_3(world: World) -> None:
    world.file.parent.mkdir(parents=True)
    world.file.write_text('key_command = ["/nowhere/pass"]\n')
    assert world.run("key", "status") == 3
    assert "key_command: /nowhere/pass can't be started" in world.err
    assert world.run("config", "show") == 0
    assert "/nowhere/pass can't be started" in world.out


def test_key_commands_as_json(world: World) -> None:
    origin = "https://tokenhub.piegateway.me"
    assert world.run("key", "status", "--json") == 3
    assert world.records[0] == {
        "origin": origin,
        "profile": "default",
        "source": None,
        "key": None,
    }
    assert world.run("--json", "key", "set", typed=CANARY) == 0
    [record] = world.records
    assert record["origin"] == origin
    stored = record["stored"]
    assert world.run("key", "status", "--json") == 0
    assert (world.records[0]["source"], world.records[0]["key"]) == (stored, "sk-\u2026cdef")
    assert world.run("key", "forget", "--json") == 0
    assert world.records == [{"origin": origin, "forgotten": [stored]}]


def test_the_demo_needs_no_key(world: World) -> None:
    for command in ("set", "status", "forget"):
        assert world.run("--demo", "key", command, typed=CANARY) == 2
        assert "--demo needs no key" in world.err


def test_config_path(world: World) -> None:
    assert world.run("config", "path") == 0
    assert world.out == f"{world.file}\n"
    assert world.run("config", "path", "--json") == 0
    assert world.records == [{"path": str(world.file)}]


def test_config_show_says_what_holds_and_who_said_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.file.parent.mkdir(parents=True)
    world.file.write_text('ask_above = 5\n[fields.gpt]\nquality = "high"\n')
    monkeypatch.setenv("IMAGEDECK_OUTPUT_DIR", "out")
    monkeypatch.setenv("IMAGEDECK_API_KEY", CANARY)
    assert world.run("--base-url", "https://flag.example", "config", "show") == 0
    lines = world.out.splitlines()
    assert 'base_url = "https://flag.example"  # --base-url' in lines
    assert f'output_dir = "{Path.cwd() / "out"}"  # IMAGEDECK_OUTPUT_DIR' in lines
    assert f"ask_above = 5  # {world.file}:1" in lines
    assert f'quality = "high"  # {world.file}:3' in lines
    assert "polls = 32  # default" in lines
    assert "# key: sk-…cdef  # IMAGEDECK_API_KEY" in lines
    assert tomllib.loads(world.out)["fields"]["gpt-image-2"] == {"quality": "high"}
    assert CANARY not in world.out + world.err


def test_config_show_as_json(world: World) -> None:
    assert world.run("config", "show", "--json") == 0
    by_name = {record["name"]: record for record in world.records}
    assert by_name["ask_above"] == {"name": "ask_above", "value": 200, "source": "default"}
    assert by_name["limits.polls"]["value"] == 32
    assert by_name["key"]["value"] is None
    assert world.run("--demo", "config", "show", "--json") == 0
    by_name = {record["name"]: record for record in world.records}
    assert by_name["base_url"]["value"] == "http://demo.invalid"
    assert by_name["output_dir"]["value"] == str(world.home / "pictures" / "imagedeck" / "demo")


def test_broken_settings_have_exit_code_2(world: World) -> None:
    world.file.parent.mkdir(parents=True)
    world.file.write_text('\nask_above = "x"\nask_abov = 1\n')
    for command in (("config", "show"), ("key", "status")):
        assert world.run(*command) == 2
        assert world.out == ""
        assert world.err.splitlines() == [
            f"{world.file}:2: ask_above: must be a whole number, such as 8",
            f"{world.file}:3: ask_abov: there is no such setting; did you mean ask_above?",
        ]
    assert world.run("config", "path") == 0


def test_config_edit_saves_what_is_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDECK_API_KEY", CANARY)
    use_editor(
        monkeypatch,
        world.home,
        "assert 'IMAGEDECK_API_KEY' not in os.environ\n"
        "path.write_text(path.read_text().replace('#ask_above = 200', 'ask_above = 9'))",
    )
    assert world.run("config", "edit") == 0
    assert f"Saved {world.file}" in world.out
    assert "\nask_above = 9\n" in world.file.read_text()
    use_editor(monkeypatch, world.home, "pass", "VISUAL")
    assert world.run("config", "edit") == 0
    assert "Unchanged" in world.out
    assert world.run("config", "edit", "--json") == 0
    assert world.records == [{"path": str(world.file), "changed": False}]


def test_config_edit_keeps_what_is_wrong_beside_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_editor(monkeypatch, world.home, "path.write_text('ask_above = -1')")
    assert world.run("config", "edit") == 2
    assert f"{world.file}:1: ask_above: must be at least 0" in world.err
    [copy] = world.file.parent.iterdir()
    assert copy.read_text() == "ask_above = -1"
    assert str(copy) in world.err


def test_config_edit_offers_to_go_on_at_a_terminal(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[bool | type[click.Abort]] = [True, click.Abort]

    def confirm(*_args: object, **_how: object) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, bool):
            return answer
        raise answer

    monkeypatch.setattr(config, "is_terminal", lambda _stream: True)
    monkeypatch.setattr(click, "confirm", confirm)
    use_editor(monkeypatch, world.home, "path.open('a').write('x = 1\\n')")
    assert run(["config", "edit"]) == 2
    assert answers == []
    said = capsys.readouterr().err
    assert "there is no such setting" in said
    assert "your text is in" in said


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("/nowhere/ed", "The editor /nowhere/ed can't be started"),
        ("'", "EDITOR: its quotes don't match"),
        (f"{sys.executable} -c 'raise SystemExit(4)'", "ended with code 4"),
    ],
)
def test_editors_that_do_not_work(
    world: World, monkeypatch: pytest.MonkeyPatch, editor: str, said: str
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    assert world.run("config", "edit") == 2
    assert said in world.err
    assert list(world.file.parent.iterdir()) == []


def test_without_an_editor_one_is_looked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(world.home / "bin"))
    assert world.run("config", "edit") == 2
    assert "set EDITOR" in world.err
    (world.home / "bin").mkdir()
    nano = world.home / "bin" / "nano"
    nano.write_text("#!/bin/sh\nexit 0\n")
    nano.chmod(0o755)
    assert world.run("config", "edit") == 2  # nobody could type into it
    monkeypatch.setattr(config, "is_terminal", lambda _stream: True)
    assert world.run("config", "edit") == 0
    assert world.file.exists()
