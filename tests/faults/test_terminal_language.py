"""The app in Chinese, on a real screen."""

from collections.abc import Callable
from typing import Any

Open = Callable[..., Any]


def test_the_app_in_chinese(open_terminal: Open, golden: Callable[[str, str], None]) -> None:
    terminal = open_terminal("--demo", LANG="zh_CN.UTF-8", LC_ALL="")
    terminal.see("写一条提示词", "约 2 秒", "f1 帮助")
    terminal.rest()
    golden("chinese-empty-80x24", terminal.text)
    terminal.send("\x1bOP")
    terminal.see("按键", "esc 关闭")
    terminal.rest()
    golden("chinese-help-80x24", terminal.text)
    terminal.send("\x1b")
    terminal.rest()
    terminal.send("\x0f")
    terminal.see("esc 留在这里")
    terminal.send("m")
    terminal.see("⏎ 选择")
    terminal.send("4")
    terminal.see("GPT-Image-2 的提示词")
    terminal.send("\x0f")
    terminal.see("esc 留在这里")
    terminal.send("f")
    terminal.rest()
    terminal.send("13x\t")  # a size that is none
    terminal.see("错误：")
    terminal.rest()
    golden("chinese-form-80x24", terminal.text)
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()
