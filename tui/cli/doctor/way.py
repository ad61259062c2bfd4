"""Checks of the way to the gateway: key, connection, clock."""

import os
from collections.abc import Iterator

from tui.cli.context import Cli
from tui.cli.doctor.check import Check
from tui.core.text import one_line
from tui.core.units import lasted
from tui.services.gateway.reach import Reached, reach
from tui.services.keys import ApiKeyError, Key, find_key

_MOST_AHEAD = 120.0  # seconds; signatures of links are often refused beyond some minutes


async def way_checks(cli: Cli) -> Iterator[Check]:
    """Look for the key, then ask the gateway for a task that does not exist."""
    if cli.demo:
        return iter([Check("key", "none needed"), Check("gateway", "embedded, always there")])
    key, about_key = _key(cli)
    reached = await _reach(cli, key)
    return iter([about_key, _gateway(cli, reached, key), _clock(reached)])


def _key(cli: Cli) -> tuple[Key | None, Check]:
    try:
        found = find_key(cli.settings, os.environ, cli.places)
    except ApiKeyError as error:
        return None, Check("key", one_line(str(error), 300), "`imagedeck key status` says more.")
    if found is None:
        return None, Check("key", f"none for {cli.settings.origin}", "`imagedeck key set`")
    return found.key, Check("key", f"{found.key.masked} from {found.source}")


async def _reach(cli: Cli, key: Key | None) -> Reached:
    from tui.services.egress import EgressError, open_egress
    from tui.services.network import open_network

    try:
        egress = open_egress(os.environ)
    except EgressError as error:
        return Reached(problem=str(error))
    async with open_network(egress, cli.settings.origin, polls=1, downloads=1) as network:
        return await reach(network.poll, cli.settings.base_url, key)


def _gateway(cli: Cli, reached: Reached, key: Key | None) -> Check:
    where = cli.settings.base_url
    if reached.status is None:
        do = "Look at the network, the proxy (HTTPS_PROXY) and --base-url."
        return Check("gateway", f"{where}: {one_line(reached.problem, 300)}", do)
    says = f"{where} answers in {reached.seconds:.2f} s"
    match reached.status:
        case 401 | 403 if key:
            return Check("gateway", f"{says}, but refuses the key", "`imagedeck key set`")
        case 402:
            return Check("gateway", f"{says}: the account is empty", "Top up the account.")
        case status if status >= 500:
            return Check("gateway", f"{says}, with {status}", "Wait: it has trouble of its own.")
        case status if 300 <= status < 400:
            do = "Set base_url to the gateway's own address: imagedeck follows no redirects."
            return Check("gateway", f"{says}, and sends elsewhere ({status})", do)
        case _:
            return Check("gateway", says)


def _clock(reached: Reached) -> Check:
    if reached.ahead is None:
        return Check("clock", "nobody to compare it with")
    if abs(reached.ahead) > _MOST_AHEAD:
        off = lasted(abs(reached.ahead))
        way = "ahead of" if reached.ahead > 0 else "behind"
        do = "Set it, or let it be set: `timedatectl set-ntp true`."
        return Check("clock", f"{off} {way} the gateway's", do)
    return Check("clock", "as the gateway's")
