"""Waiting for what was typed before a key."""

from collections.abc import Callable
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen


def when_settled(screen: Screen[Any], then: Callable[[], object]) -> None:
    """Call `then` once everything is dealt with that was typed before."""
    # The key overtakes what still waits in the queues between the cursor and the screen;
    # twice, because a widget that hears of a change tells its parent of another one.
    way = (screen.focused or screen).ancestors_with_self
    _after(screen, [one for one in way[: way.index(screen)] for _ in range(2)], then)


def _after(screen: Screen[Any], pumps: list[DOMNode], then: Callable[[], object]) -> None:
    if pumps:
        pumps[0].call_later(_after, screen, pumps[1:], then)
    else:
        screen.call_later(then)
