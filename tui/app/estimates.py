"""What is expected of a request by the settings and the history: its time, its price."""

import time
from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len

from tui.app.allowance import Allowance
from tui.app.session import Session
from tui.app.widgets.jobs.expects import Expects
from tui.core.budget import Left
from tui.core.job import Job
from tui.core.language import _, plural
from tui.core.price import Price, total
from tui.core.request import Request
from tui.models import PRICES_AS_OF, UnknownModelError, find_model
from tui.services.plan import time_of


class Estimates:
    """Asks the session, whichever deck it has at the moment. `now` gives Unix seconds."""

    def __init__(
        self,
        session: Session,
        allowance: Allowance | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._allowance = allowance
        self.now = now

    def typical(self, job: Job) -> float | None:
        """Return the seconds such a job takes; None for an unknown model."""
        return self.seconds(job.request)

    def seconds(self, request: Request) -> float | None:
        """Return the seconds such a request takes: learned, or declared."""
        try:
            if self._session.is_open:
                return self._session.deck.typical(request).median
            return find_model(request.model).typical(request.values)
        except UnknownModelError:  # of an older or a newer version
            return None

    def is_learned(self, job: Job) -> bool:
        """Whether that time was learned from jobs alike; if not, it is a guess."""
        if not self._session.is_open:
            return False
        try:
            return self._session.deck.typical(job.request).learned
        except UnknownModelError:
            return False

    @property
    def expects(self) -> Expects:
        """The same, as widgets take it."""
        return Expects(self.typical, self.is_learned, self.price, self._session.settings.user)

    def price(self, job: Job) -> Price:
        """Return what a job was estimated to cost when it was made, else by the settings."""
        return self._session.settings.price_of(job)

    def cost(self, request: Request) -> Price:
        """Estimate a request's price by the settings."""
        return self._session.settings.price(request)

    def budget(self, price: Price) -> str:
        """Say what the budget leaves, and whether that is too little; empty without one."""
        return _budget(self._left, price)[0]

    def is_over(self, price: Price) -> bool:
        """Whether the budget does not suffice for such a price."""
        return _budget(self._left, price)[1]

    def line(
        self, requests: Sequence[Request], recent: Iterable[Job], room: int, prompts: int = 1
    ) -> str:
        """Say in one line what requests make, cost and take; the first one's pixels.

        Each is sent with that many `prompts`. What was asked for by one of the `recent` jobs
        already is pointed out.
        """
        first = requests[0]
        price = total(map(self.cost, requests)).times(prompts)
        seconds = max((self.seconds(one) or 0.0 for one in requests), default=0.0)
        if prompts > 1:
            at_once = self._session.settings.submissions
            seconds = time_of(seconds, len(requests) * prompts, at_once)
        keys = {one.key for one in requests} if prompts == 1 else set()
        same = next((job for job in recent if job.request.key in keys), None)
        told = _("the same as {short_id}", short_id=same.short_id) if same else ""
        more = sum(one.count for one in requests) * prompts - first.count
        return estimate_line(
            first, price, seconds or None, room=room, more=more, told=told, left=self._left
        )

    @property
    def _left(self) -> Left | None:
        return self._allowance.left if self._allowance else None


def estimate_line(
    request: Request,
    price: Price,
    seconds: float | None,
    *,
    room: int,
    more: int = 0,
    told: str = "",
    left: Left | None = None,
    as_of: str = PRICES_AS_OF,
) -> str:
    """Return pixels, images, price, typical time and what else is `told`, in `room` cells.

    `more` are the images that other models make, `left` is what the budget leaves. Where it is
    narrow, the price's date goes first, then pixels, images and time, then what is left; the price
    and what is told stay, and before all else that the budget doesn't suffice.
    """
    size = str(find_model(request.model).pixels(request.values) or _("size left open"))
    number = request.count + more
    images = plural("1 image", "{number:,} images", number)
    cost, date = (
        (_("price unknown"), "")
        if price.amount is None
        else (_("est. {price}", price=price), f" ({as_of})")
    )
    time = "" if seconds is None else _time(seconds)
    budget, is_over = _budget(left, price)
    forms = (
        (size, images, cost + date, time, told, budget),
        (size, images, cost, time, told, budget),
        (images, cost, time, told, budget),
        (cost, time, told, budget),
        (cost, told, budget),
        (cost, budget) if is_over else (cost, told),
    )
    lines = [" · ".join(filter(None, form)) for form in forms]
    return next((line for line in lines if cell_len(line) <= room), lines[-1])


def _budget(left: Left | None, price: Price) -> tuple[str, bool]:
    """Say what the budget leaves, and whether that is too little for such a price."""
    if left is None:
        return "", False
    if price.amount is None:
        return _("not sent: the budget needs a price"), True
    is_over = price.amount > left.amount
    return _("over budget: {left}", left=left) if is_over else str(left), is_over


def _time(seconds: float) -> str:
    return (
        _("~{seconds:.0f} s", seconds=seconds)
        if seconds < 180
        else _("~{seconds:.0f} min", seconds=seconds / 60)
    )
