"""Every text for people has its translation, and the translations have nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

_TREE = Path(__file__).parents[1]
_PLACE = Path("tui/locale/zh_CN/LC_MESSAGES/imagedeck.po")


def _run(tree: Path, *args: str) -> tuple[int, str]:
    command = [sys.executable, "-P", str(tree / ".ci" / "messages.py"), *args]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_the_translations_are_complete_and_fresh() -> None:
    assert _run(_TREE, "--check") == (0, "")


def test_no_chinese_sentence_is_broken_where_its_help_page_would_show_a_space() -> None:
    text = (_TREE / _PLACE).read_text("utf-8")
    assert re.findall(r'.*[\u3001-\u9fff\uff01-\uffee]\\n"\n"[\u4e00-\u9fff].*', text) == []


def test_what_is_missing_stale_or_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "tui" / "cli").mkdir(parents=True)
    (tmp_path / _PLACE).parent.mkdir(parents=True)
    shutil.copy(_TREE / ".ci" / "messages.py", tmp_path / ".ci")
    shutil.copy(_TREE / _PLACE, tmp_path / _PLACE)
    source = tmp_path / "tui" / "source.py"
    source.write_text('_("Saved {file}", file=_("nobody said this", a=1))\n_("Help")\n')
    code, told = _run(tmp_path)
    assert code == 0
    assert told.endswith(" 1 without a translation\n")
    text = (tmp_path / _PLACE).read_text("utf-8")
    assert "每行" not in text  # what the source no longer says
    wrong = text.replace('msgstr "已保存 {file}"', 'msgstr "已保存 {pfad}"')
    wrong = wrong.replace('msgstr "帮助"', 'msgstr "救命"')
    (tmp_path / _PLACE).write_text(wrong + '\nmsgid "gone"\nmsgstr "旧"\n', "utf-8")
    source.write_text(source.read_text() + '_("A new text")\n')
    code, told = _run(tmp_path, "--check")
    assert code == 1
    assert {line.removeprefix(f"{_PLACE}: ") for line in told.splitlines()} == {
        "no text of the source any more: 'gone' (make messages)",
        "the .mo file says something else (make messages): 'Saved {file}'",
        "not translated: 'nobody said this'",
        "the .mo file says something else (make messages): 'Help'",
        "missing (make messages, then translate it): 'A new text'",
    }
    assert _run(tmp_path)[0] == 0
    assert (
        "other placeholders than in '已保存 {pfad}': 'Saved {file}'" in _run(tmp_path, "--check")[1]
    )
