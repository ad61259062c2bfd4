"""Every text for people has its translation, and the translations have nothing else."""

import subprocess
import sys
from pathlib import Path

_TREE = Path(__file__).parents[1]


def test_the_translations_are_complete_and_fresh() -> None:
    check = [sys.executable, "-P", str(_TREE / ".ci" / "messages.py"), "--check"]
    ended = subprocess.run(check, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
