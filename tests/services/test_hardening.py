"""A loaded key stays in this process."""

import subprocess
import sys
from pathlib import Path

import pytest

import tui
from tui.services.hardening import leaks, remote_screen

CHILD = """
import resource, sys
from pathlib import Path
from tui.services.keys import Key
def dumpable():
    import ctypes
    return ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
before = dumpable()
for _ in range(2):
    Key("sk-CANARY-0123456789")
print(before, dumpable(), resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_with_a_key_there_are_no_core_dumps() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", CHILD],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(tui.__file__).parents[1])},
        timeout=30,
    )
    assert done.stdout.split() == ["1", "0", "0"]


def test_a_file_of_session_keys_is_warned_of() -> None:
    assert list(leaks({})) == []
    assert ["SSLKEYLOGFILE is set" in one for one in leaks({"SSLKEYLOGFILE": "/tmp/k"})] == [True]


def test_a_screen_that_others_may_reach_is_refused() -> None:
    assert remote_screen({"TEXTUAL_DRIVER": " "}) is None
    said = remote_screen({"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"})
    assert said
    assert "WebDriver" in said
