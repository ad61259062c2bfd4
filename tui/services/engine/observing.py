"""What can be heard of an engine at work, for whoever counts it."""

import time
from dataclasses import replace

from tui.core.job import Job, Result, Saved
from tui.services.engine.work import NOBODY, Gallery, Gateway, Observer, OnSent, Work
from tui.services.gateway.body import Body
from tui.services.gateway.outcome import Look, Submission


def observed(work: Work, observer: Observer) -> Work:
    """Return the same services, an observer hearing what they do."""
    if observer is NOBODY:
        return work
    return replace(
        work,
        observer=observer,
        gateway=_HeardGateway(work.gateway, observer),
        gallery=_HeardGallery(work.gallery, observer),
    )


class _HeardGateway:
    """A gateway whose answers are heard."""

    def __init__(self, gateway: Gateway, observer: Observer) -> None:
        self._gateway = gateway
        self._observer = observer

    async def submit(self, path: str, body: Body, on_sent: OnSent) -> Submission:
        """Send one submission."""
        outcome = await self._gateway.submit(path, body, on_sent)
        self._observer.submitted(outcome)
        return outcome

    async def look(self, path: str, task_id: str) -> Look:
        """Ask about a task."""
        begun = time.perf_counter()
        outcome = await self._gateway.look(path, task_id)
        self._observer.looked(outcome, time.perf_counter() - begun)
        return outcome


class _HeardGallery:
    """A gallery whose images are heard of."""

    def __init__(self, gallery: Gallery, observer: Observer) -> None:
        self._gallery = gallery
        self._observer = observer

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool) -> Saved:
        """Fetch, verify and keep one image."""
        begun = time.perf_counter()
        saved: Saved | None = None
        try:
            saved = await self._gallery.save(job, index, result, last_try=last_try)
        finally:
            self._observer.saved(saved, time.perf_counter() - begun)
        return saved
