"""The way to a run's gateway: over the network, or, in the demo, into this process."""

import os
from typing import TYPE_CHECKING

from tui.services.clock import Clock
from tui.services.places import Places, private_folder
from tui.services.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from tui.services.network import Network


def open_way(
    settings: Settings, places: Places, clock: Clock, pace: float
) -> "AbstractAsyncContextManager[Network]":
    """Return the HTTP clients, to be opened; raises EgressError."""
    if places.demo:
        from tui.demo.network import open_demo

        return open_demo(private_folder(places.demo_store), clock, pace=pace)
    from tui.services.egress import open_egress
    from tui.services.network import open_network

    egress = open_egress(os.environ)
    return open_network(egress, settings.origin, polls=settings.polls, downloads=settings.downloads)
