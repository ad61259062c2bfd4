"""Checks of the way to the gateway: key, connection, clock."""

import os
from collections.abc import Iterator

from tui.cli.context import Cli
from tui.cli.doctor.check import Check
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.text import one_line
from tui.core.units import lasted
from tui.services.gateway.reach import Reached, reach
from tui.services.keys import ApiKeyError, Key, find_key

_AHEAD, _BEHIND = marked("{time} ahead of the gateway's"), marked("{time} behind the gateway's")
_MOST_AHEAD = 120.0  # seconds; signatures of links are often refused beyond some minutes


async def way_checks(cli: Cli) -> Iterator[Check]:
    """Look for the key, then ask the gateway for a task that does not exist."""
    if cli.demo:
        return iter(
            [
                Check(marked("key"), _("none needed")),
                Check(marked("gateway"), _("embedded, always there")),
            ]
        )
    key, about_key = _key(cli)
    reached = await _reach(cli, key)
    return iter(
        [about_key, gateway_check(cli.settings.base_url, reached, key), clock_check(reached)]
    )


def _key(cli: Cli) -> tuple[Key | None, Check]:
    try:
        found = find_key(cli.settings, os.environ, cli.places)
    except ApiKeyError as error:
        return None, Check(
            marked("key"), one_line(str(error), 300), _("`imagedeck key status` says more.")
        )
    if found is None:
        return None, Check(
            marked("key"), _("none for {origin}", origin=cli.settings.origin), "`imagedeck key set`"
        )
    return found.key, Check(
        marked("key"), _("{masked} from {source}", masked=found.key.masked, source=found.source)
    )


async def _reach(cli: Cli, key: Key | None) -> Reached:
    from tui.services.egress import EgressError, open_egress
    from tui.services.network import open_network

    try:
        egress = open_egress(os.environ)
    except EgressError as error:
        return Reached(problem=str(error))
    async with open_network(egress, cli.settings.origin, polls=1, downloads=1) as network:
        return await reach(network.poll, cli.settings.base_url, key)


def gateway_check(where: str, reached: Reached, key: Key | None) -> Check:
    """Say how a gateway answered, if it did."""
    if reached.status is None:
        do = _("Look at the network, the proxy (HTTPS_PROXY) and --base-url.")
        return Check(
            marked("gateway"),
            _("{where}: {problem}", where=where, problem=one_line(retold(reached.problem), 300)),
            do,
        )
    says = _("{where} answers in {seconds:.2f} s", where=where, seconds=reached.seconds)
    match reached.status:
        case 401 | 403 if key:
            return Check(
                marked("gateway"),
                _("{says}, but refuses the key", says=says),
                "`imagedeck key set`",
            )
        case 402:
            return Check(
                marked("gateway"),
                _("{says}: the account is empty", says=says),
                _("Top up the account."),
            )
        case status if status >= 500:
            return Check(
                marked("gateway"),
                _("{says}, with {status}", says=says, status=status),
                _("Wait: it has trouble of its own."),
            )
        case status if 300 <= status < 400:
            do = _("Set base_url to the gateway's own address: imagedeck follows no redirects.")
            return Check(
                marked("gateway"),
                _("{says}, and sends elsewhere ({status})", says=says, status=status),
                do,
            )
        case _:
            return Check(marked("gateway"), says)


def clock_check(reached: Reached) -> Check:
    """Say how far this machine's clock is from the gateway's."""
    if reached.ahead is None:
        return Check(marked("clock"), _("nobody to compare it with"))
    if abs(reached.ahead) > _MOST_AHEAD:
        off = lasted(abs(reached.ahead))
        do = _("Set it, or let it be set: `timedatectl set-ntp true`.")
        return Check(marked("clock"), _(_AHEAD if reached.ahead > 0 else _BEHIND, time=off), do)
    return Check(marked("clock"), _("as the gateway's"))
