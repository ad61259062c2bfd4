"""One line about what a request will make, cost and take."""

from textual.content import Content
from textual.widgets import Static

from tui.core.model import Prices
from tui.core.request import Request
from tui.models import PRICES_AS_OF, find_model


class EstimateLine(Static):
    """Pixels, number of images, estimated price with its date, typical time."""

    def show(
        self,
        request: Request | None,
        prices: Prices | None = None,
        *,
        as_of: str = PRICES_AS_OF,
        seconds: float | None = None,
    ) -> None:
        """Estimate a request by `prices` and the learned `seconds`, or by what is shipped."""
        line = "no estimate yet" if request is None else _line(request, prices, as_of, seconds)
        self.update(Content(line), layout=False)


def _line(request: Request, prices: Prices | None, as_of: str, seconds: float | None) -> str:
    model = find_model(request.model)
    size = model.pixels(request.values)
    images = "1 image" if request.count == 1 else f"{request.count} images"
    price = model.price(request, prices)
    cost = "price unknown" if price.amount is None else f"est. {price} ({as_of})"
    time = seconds if seconds is not None else model.typical(request.values)
    return " · ".join((str(size or "size left open"), images, cost, _time(time)))


def _time(seconds: float) -> str:
    return f"~{seconds:.0f} s" if seconds < 180 else f"~{seconds / 60:.0f} min"
