import base64
from pathlib import Path

import pytest

from tui.app.clipboard import TooLongError, into_tmux, sequence

TEXT = "灯塔 \udcff it's"
ENCODED = base64.b64encode(TEXT.encode("utf-8", "surrogateescape")).decode()


def test_a_plain_terminal_gets_osc_52() -> None:
    assert sequence(TEXT, {}) == f"\x1b]52;c;{ENCODED}\x07"


def test_tmux_passes_it_through_and_screen_gets_it_in_pieces() -> None:
    assert sequence(TEXT, {"TMUX": "x"}) == f"\x1bPtmux;\x1b\x1b]52;c;{ENCODED}\x07\x1b\\"
    wrapped = sequence("a" * 2000, {"STY": "x"})
    pieces = wrapped.removesuffix("\x1b\\").split("\x1b\\")
    assert len(pieces) > 3
    assert all(piece.startswith("\x1bP") and len(piece) < 768 for piece in pieces)
    assert "".join(piece.removeprefix("\x1bP") for piece in pieces) == sequence("a" * 2000, {})


def test_more_than_a_clipboard_takes_is_refused() -> None:
    with pytest.raises(TooLongError, match="60,000 characters are more than"):
        sequence("a" * 60_000, {})


@pytest.mark.parametrize(("knows", "taken"), [("-w -", True), ("-", True), ("nothing", False)])
def test_tmux_is_given_the_text_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows: str, *, taken: bool
) -> None:
    tool = tmp_path / "tmux"
    tool.write_text(f'#!/bin/sh\n[ "$*" = "load-buffer {knows}" ] && cat > {tmp_path}/buffer\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    environ = {"TMUX": "x", "PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert into_tmux(TEXT, environ) is taken
    if taken:
        assert (tmp_path / "buffer").read_bytes() == TEXT.encode("utf-8", "surrogateescape")
    assert not into_tmux(TEXT, {})
