import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Deck = Callable[..., Any]


def test_the_command_runs_when_a_job_is_saved(deck: Deck, tmp_path: Path) -> None:
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ncat >> {tmp_path}/saved\n")
    hook.chmod(0o755)
    config = Path(deck("config", "path").out.strip())
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'on_saved = ["{hook}"]\n')
    made = deck("generate", "gpt", "a lighthouse", "--count", "2", "--demo", "--json").objects
    paths = {made_one["files"][0]["path"] for made_one in made if made_one["state"] == "saved"}
    lines = (tmp_path / "saved").read_text().splitlines()
    assert {json.loads(line)["files"][0]["path"] for line in lines} == paths
    assert len(lines) == 2


def test_a_project_file_sets_no_command(deck: Deck, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "imagedeck.toml").write_text('on_saved = ["evil"]\n')
    ran = deck("generate", "gpt", "a lighthouse", "--demo")
    assert ran.code == 2
    assert "on_saved" in ran.err
    assert "imagedeck.toml:1" in ran.err
