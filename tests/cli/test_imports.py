"""`imagedeck --help` must not pay for what it does not use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SHARED = {"obstore", "procrastinate", "prometheus_client", "psycopg", "psycopg_pool"}
_HEAVY = _SHARED | {
    "PIL",
    "aiohttp",
    "httpx",
    "keyring",
    "pydantic",
    "starlette",
    "textual",
    "uvicorn",
}
_PROGRAM = """
import sys
from tui.__main__ import main
sys.argv = ["imagedeck", *sys.argv[1:]]
try:
    code = main()
except SystemExit as ended:
    code = ended.code
loaded = " ".join(sorted({name.partition(".")[0] for name in sys.modules}))
print("LOADED", code or 0, loaded, file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["generate", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = ended.stderr.split("LOADED")[1].split()
    assert code == "0"
    assert ended.stdout.strip()
    assert not _HEAVY & set(loaded)


def test_who_works_alone_loads_nothing_of_a_shared_database(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, "generate", "gpt", "a boat", "--demo", "--no-wait"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path)},
    )
    code, *loaded = ended.stderr.split("LOADED")[1].split()
    assert (code, "sqlite3" in loaded) == ("0", True)
    assert not _SHARED & set(loaded)
