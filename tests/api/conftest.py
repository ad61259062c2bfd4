"""A home of its own, a gateway over HTTP and its ledger, for programs that use the API."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tui.deck

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move every standard place below tmp_path; the demo's tasks are done at once."""
    place = tmp_path / "home"
    (place / "work").mkdir(parents=True)
    for name in list(os.environ):
        if name.startswith(("IMAGEDECK_", "XDG_", "_IMAGEDECK")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.setitem(tui.deck.Deck.__init__.__kwdefaults__, "pace", 0.0)
    monkeypatch.chdir(place / "work")
    return place


@pytest.fixture
def at_gateway(
    home: Path, http_gateway: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Start a gateway over HTTP, and let every deck talk to it with a key."""
    del home

    def start(*faults: str, **options: Any) -> Any:
        gateway = http_gateway(faults=faults, **options)
        monkeypatch.setenv("IMAGEDECK_BASE_URL", gateway.url)
        monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
        return gateway

    return start
