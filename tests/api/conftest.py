"""A home of its own for programs that use the API."""

from pathlib import Path

import pytest

import tui.deck


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the demo's tasks be done at once, too."""
    monkeypatch.setitem(tui.deck.Deck.__init__.__kwdefaults__, "pace", 0.0)
    return home
