"""What would be sent, shown instead of sent."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from tui.cli.context import Cli
from tui.cli.output import say, say_json
from tui.cli.times import rfc3339
from tui.core.language import _, plural
from tui.core.model import Model
from tui.core.request import Request
from tui.core.text import clean
from tui.core.widths import labelled
from tui.models import PRICES_AS_OF, find_model
from tui.services.gateway.shown import as_sent
from tui.services.plan import Plan, lines_of


def show(cli: Cli, request: Request, count: int) -> None:
    """Print method, URL, headers and body of a request, its number and its estimated price.

    As JSON it is one object for each of the requests.
    """
    model = find_model(request.model)
    price = cli.settings.price(request)
    if cli.json:
        record = _record(cli, request)
        for _copy in range(count):
            say_json(record)
        return
    shown = as_sent(cli.settings, request)
    say(f"POST {shown['url']}")
    for name, value in shown["headers"].items():
        say(f"{name}: {value}")
    say("")
    say(_pretty(shown["body"]))
    say("")
    for line in _estimate(model, request, count, str(price), str(price.times(count))):
        say(line)


def show_many(cli: Cli, requests: Iterable[tuple[str, Request]], plan: Callable[[], Plan]) -> None:
    """Print a line for each request, behind what it is known by, then what they come to.

    As JSON it is the same as `show`.
    """
    for label, request in requests:
        if cli.json:
            say_json(_record(cli, request))
            continue
        shown = as_sent(cli.settings, request)
        say(f"{label}POST {shown['url']} {clean(json.dumps(shown['body'], ensure_ascii=False))}")
    if not cli.json:
        say("")
        for line in (*lines_of(plan()), _("Nothing was sent.")):
            say(line)


def _record(cli: Cli, request: Request) -> dict[str, Any]:
    price = cli.settings.price(request)
    return {
        "job": None,
        "model": request.model,
        "prompt": request.prompt,
        "state": None,
        "task_id": None,
        "files": [],
        "error": None,
        "time": rfc3339(time.time()),
        "request": as_sent(cli.settings, request),
        "price": None if price.amount is None else str(price.amount),
        "price_as_of": PRICES_AS_OF,
    }


def _pretty(body: dict[str, Any]) -> str:
    # JSON itself escapes C0 only; the rest of what a terminal acts on is cleaned.
    return clean(json.dumps(body, ensure_ascii=False, indent=2), lines=True)


def _estimate(model: Model, request: Request, count: int, each: str, both: str) -> list[str]:
    size = model.pixels(request.values)
    images = request.count * count
    return [
        labelled(
            _("requests"),
            _(
                "{number:,}, {images}",
                number=count,
                images=plural("1 image", "{number:,} images", images),
            ),
        ),
        labelled(_("pixels"), str(size or _("left to the model"))),
        labelled(_("time"), _("typically {typical:.0f} s", typical=model.typical(request.values))),
        labelled(
            _("price"),
            _(
                "{both} in all, {each} a request (an estimate as of {date})",
                both=both,
                each=each,
                date=PRICES_AS_OF,
            ),
        ),
        _("Nothing was sent."),
    ]
