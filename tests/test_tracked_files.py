"""What no file of the project may hold: where it was made."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

_TREE = Path(__file__).parents[1]
_HERE = Path(__file__).name
# An index comes from the reader's own pip, never from us.
_INDEX = re.compile(r"pypi\.org|pythonhosted|(?<!no-emit-)(?<!no-)(index-url|find-links)|/simple/")
_MACHINE = re.compile(r"(?<![\w.~/:{}$])/(root|work|opt|home(?!/(me|you|somebody)/))/[a-z]")
_IN_PROSE = re.compile(r"(?<![\w.~/:{}$])/(root|work|opt|tmp|home(?!/(me|you|somebody)/))\b")


def _tracked() -> list[str]:
    git = shutil.which("git")
    if not git or not (_TREE / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "-C", str(_TREE), "ls-files", "-z"], capture_output=True, check=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if name and (_TREE / name).is_file()]


def _lines() -> list[tuple[str, str]]:
    found = []
    for name in _tracked():
        if name.endswith(_HERE) or name == "LICENSE":
            continue
        text = (_TREE / name).read_bytes().decode("utf-8", "replace")
        found += [(f"{name}:{number}", line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def test_no_file_names_a_package_index() -> None:
    assert not [(place, line) for place, line in _lines() if _INDEX.search(line)]


def test_no_file_names_a_path_of_one_machine() -> None:
    # Tests feed made-up homes to what they test; elsewhere only me, you and somebody have one.
    prose = [one for one in _lines() if one[0].split(":")[0].endswith(".md")]
    code = [one for one in _lines() if not one[0].startswith("tests/")]
    assert not [one for one in prose if _IN_PROSE.search(one[1])]
    assert not [one for one in code if _MACHINE.search(one[1])]
