"""What is expected of a job by the settings and the history: its time, its price."""

from tui.app.looks import typical_of
from tui.app.session import Session
from tui.core.job import Job
from tui.core.price import Price
from tui.models import UnknownModelError, find_model


class Estimates:
    """Asks the session, whichever deck it has at the moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def typical(self, job: Job) -> float | None:
        """Return the seconds such a job takes: learned, or declared; None for an unknown model."""
        if not self._session.is_open:
            return typical_of(job)
        try:
            return self._session.deck.typical(job.request).median
        except UnknownModelError:
            return None

    def price(self, job: Job) -> Price:
        """Estimate a job's price by the settings; unknown for a model that is not known."""
        try:
            model = find_model(job.request.model)
        except UnknownModelError:
            return Price(None)
        return model.price(job.request, self._session.settings.prices_of(model))
