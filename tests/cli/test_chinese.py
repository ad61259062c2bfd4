"""The command in Chinese: what people read, and what programs read all the same in English."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.widths import cells
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query

Run = Callable[..., Any]

# Every help page, and every key of the app with what it does, as a person gets to read them.
EVERYTHING = """
from tui.services import language
language.speak("zh", "utf-8")
from tui.app.keymap import all_actions
from tui.cli.commands import COMMANDS, _load
from tui.cli.help_pages import Context
from tui.cli.root import root
from tui.models import MODELS

def pages(command, parent):
    with Context(command, info_name=command.name, parent=parent, terminal_width=80) as ctx:
        yield ctx.get_help()
        names = [model.id for model in MODELS] if command.name == "generate" else []
        for name in names or (command.list_commands(ctx) if hasattr(command, "commands") else ()):
            yield from pages(command.get_command(ctx, name), ctx)

with Context(root, info_name="imagedeck") as ctx:
    print(root.get_help(ctx))
    for name in COMMANDS:
        print("\\n".join(pages(_load(name), ctx)))
print("KEYS")
for binding in all_actions().values():
    if not binding.action.startswith(("cursor", "delete_left")):
        print(binding.id, binding.tooltip or binding.description)
"""


@pytest.fixture
def speak(run_process: Run) -> Run:
    """Run a command where the locale is Chinese."""

    def run(*args: str, **variables: str) -> Any:
        environ = {**os.environ, "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1", **variables}
        return run_process(*args, env=environ)

    return run


@pytest.mark.usefixtures("home")
def test_every_page_and_every_key_is_in_chinese_and_fits() -> None:
    command = [sys.executable, "-P", "-c", EVERYTHING]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    helps, keys = done.stdout.split("KEYS\n")
    pages = [line.strip() for line in helps.splitlines()]
    assert not [line for line in pages if cells(line) > 78]
    english = ("Usage", "Options", "Commands", "Show ", "Only ", "Wait ", "Estimated")
    assert not [line for line in pages if line.startswith(english)]
    for line in keys.splitlines():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in line), line


def test_people_read_chinese_and_programs_english(speak: Run, home: Path) -> None:
    wrong = ("generate", "seedream", "灯塔", "--size", "1024x1024", "--demo")
    told = speak(*wrong)
    assert told.code == 2
    assert "size：'1024x1024'：至少需要 3,686,400 像素，现在是 1,048,576" in told.err
    record = json.loads(speak(*wrong, "--json").out)
    assert "must have at least 3,686,400 pixels" in record["error"]["message"]
    assert "must have at least" in speak(*wrong, LANGUAGE="en").err

    failed = speak("generate", "gpt", "灯塔 [fail]", "--demo")
    assert failed.code == 1
    assert "失败" in failed.err
    assert "提示词含有 [fail]" in failed.err
    (job,) = SqliteHistory(home / ".local/share/imagedeck/demo/imagedeck.db").list(Query())
    assert job.error
    assert job.error.message.isascii()

    for state in ("失败", "failed"):
        head, found = speak("jobs", "--demo", "--search", f"state:{state}").out.splitlines()
        assert (head.split()[3], found.split()[3]) == ("状态", "失败")
    shown = speak("show", job.short_id, "--demo").out
    assert "状态       失败" in shown
    assert "下一步" in shown


def test_the_setting_goes_before_the_locale(speak: Run, home: Path) -> None:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('language = "en"')
    assert "There are no jobs yet." in speak("jobs").err
    assert "还没有任务。" in speak("jobs", IMAGEDECK_LANGUAGE="zh").err
    file.write_text('language = "klingon"')
    broken = speak("config", "show")
    assert broken.code == 2
    assert "config.toml:1：language：必须是其中之一：auto, en, zh" in broken.err
    file.write_text("")
    broken = speak("config", "show", IMAGEDECK_LANGUAGE="klingon")
    assert broken.code == 2
    assert "IMAGEDECK_LANGUAGE：必须是其中之一：auto, en, zh" in broken.err
