"""`imagedeck gateway`: the embedded gateway as a real HTTP server."""

from pathlib import Path

import click

from tui.cli.common import cli_of
from tui.cli.flags import Between
from tui.cli.output import say, say_json
from tui.core.language import _
from tui.core.widths import wrap
from tui.demo import faults

_ROOM = 50  # cells beside the names of faults, in 80 of a page
_HELP = _("""Run the embedded gateway as an HTTP server on loopback.

It answers the whole reference of the gateway with simulated images, so that curl and
imagedeck (--base-url) can be tried without a key that costs money. Its tasks survive a restart.
""")


def _epilog() -> str:
    lines = ["\b", _("Faults: TARGET:NAME[=VALUE][,OPTION=VALUE][*COUNT][@SHARE%]")]
    for target, kinds in {"submit|poll|image": faults.EVERYWHERE, **faults.OWN}.items():
        lines.append(f"  {target}:")
        for name, text in kinds.items():
            first, *more = wrap(_(text), _ROOM)
            lines += [f"    {name:<21} {first}", *(f"{'':<26}{one}" for one in more)]
    return "\n".join(
        [*lines, _("  Example: --fault 'submit:503,retry-after=2*2' --fault poll:html@20%")]
    )


def _check(_context: click.Context, _option: click.Parameter, lines: tuple[str, ...]) -> object:
    try:
        for line in lines:
            faults.parse(line)
    except faults.UnknownFaultError as error:
        raise click.BadParameter(str(error)) from error
    return lines


@click.command("gateway", help=_HELP, short_help=_("Run the embedded gateway."), epilog=_epilog())
@click.option(
    "--port",
    type=Between(0, 65535),
    default=8787,
    show_default=True,
    help=_("The port on 127.0.0.1; 0 takes any free one."),
)
@click.option("--key", help=_("The only key it takes; without this option any key will do."))
@click.option(
    "--pace",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help=_("How long tasks take, against the models' typical times: 0.01 is a hundredth."),
)
@click.option(
    "--fault",
    "lines",
    multiple=True,
    metavar="FAULT",
    callback=_check,
    help=_("A fault to play, see below; repeat it for more."),
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Where its tasks are kept; imagedeck's data folder otherwise."),
)
@click.pass_context
def gateway(
    context: click.Context,
    *,
    port: int,
    key: str | None,
    pace: float,
    lines: tuple[str, ...],
    folder: Path | None,
) -> None:
    """Serve until a signal comes."""
    from tui.demo.gateway import DemoGateway
    from tui.demo.server import GatewayServer, ListenError, listen, url_of
    from tui.services.places import private_folder

    cli = cli_of(context)
    place = private_folder((folder or cli.places.demo_store).absolute())
    try:
        listener = listen(port=port)
    except ListenError as error:
        raise click.UsageError(str(error), context) from error

    def ready() -> None:
        url, keys = url_of(listener), _("one key") if key else _("any key")
        if cli.json:
            say_json({"url": url, "folder": str(place)})
        else:
            say(
                _(
                    "imagedeck gateway on {url} ({keys}, pace {pace:g}, tasks in {place})",
                    url=url,
                    keys=keys,
                    pace=pace,
                    place=place,
                )
            )

    with DemoGateway(place, pace=pace, key=key, faults=lines) as served:
        server = GatewayServer(served, listener, ready)
        server.serve_forever()
    context.exit(128 + server.signal if server.signal else 0)
