"""Numbers about an engine at work, for Prometheus to fetch over HTTP on this host."""

from collections import Counter as Numbers
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

import tui
from tui.core.job import Job, Saved, State
from tui.services.engine.work import Observer
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    Denied,
    Limited,
    Look,
    Missing,
    NotSent,
    Progress,
    Refused,
    Submission,
    Trouble,
)

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

LOOPBACK = "127.0.0.1"
_SUBMISSIONS = {
    Accepted: "accepted",
    Refused: "refused",
    Limited: "limited",
    NotSent: "not_sent",
    Ambiguous: "unknown",
}
_LOOKS = {Progress: "answered", Missing: "missing", Denied: "denied", Trouble: "failed"}
_ENDS = tuple(state for state in State if state.is_end)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at a moment: jobs by state, those that wait by the step they wait for.

    `stored` are the unfinished jobs of the whole database by state, None while it can't be asked.
    """

    jobs: Mapping[State, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    stored: Mapping[State, int] | None = None
    spent: float = 0.0
    retries: int = 0
    is_held: bool = False


class Meter(Observer):
    """Counts what it hears."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # Asked at each scrape, on the server's thread.
        self.standing: Callable[[], Standing] = Standing
        parts: dict[str, Any] = {"registry": self.registry}
        self._submissions = Counter(
            "imagedeck_submissions", "Submissions by what became of them.", ["outcome"], **parts
        )
        self._polls = Counter(
            "imagedeck_polls", "Looks at tasks by what they brought.", ["outcome"], **parts
        )
        self._poll_seconds = Histogram(
            "imagedeck_poll_seconds", "How long a look took.", buckets=_SECONDS, **parts
        )
        self._poll_lag = Histogram(
            "imagedeck_poll_lag_seconds",
            "How long after its time a look was begun.",
            buckets=_SECONDS,
            **parts,
        )
        self._count_images(parts)
        self._count_changes(parts)
        info = Gauge("imagedeck_info", "1, with the version.", ["version"], **parts)
        info.labels(tui.__version__).set(1)
        self._begin_at_nothing()
        self.registry.register(_Now(self))
        ProcessCollector(registry=self.registry)

    def _count_images(self, parts: dict[str, Any]) -> None:
        self._images = Counter("imagedeck_images_saved", "Images on disk.", **parts)
        self._bytes = Counter("imagedeck_image_bytes", "Bytes of images on disk.", **parts)
        self._failures = Counter(
            "imagedeck_image_failures", "Images that could not be kept, each try.", **parts
        )
        self._image_seconds = Histogram(
            "imagedeck_image_seconds",
            "How long it took to fetch, check and keep an image.",
            buckets=_SECONDS,
            **parts,
        )

    def _count_changes(self, parts: dict[str, Any]) -> None:
        self._commits = Histogram(
            "imagedeck_commit_seconds", "How long a commit took.", buckets=_SECONDS, **parts
        )
        self._changes = Counter("imagedeck_changes", "Changes that were committed.", **parts)
        self._ended = Counter("imagedeck_jobs_ended", "Jobs by their end.", ["state"], **parts)

    def _begin_at_nothing(self) -> None:
        """Show every series from the start, so that the first of a kind is seen as a rise."""
        for counter, names in (
            (self._submissions, _SUBMISSIONS.values()),
            (self._polls, _LOOKS.values()),
            (self._ended, _ENDS),
        ):
            for name in names:
                counter.labels(str(name))

    def note(self, job: Job) -> None:
        """Take a new snapshot of a job."""
        if job.state.is_end:
            self._ended.labels(str(job.state)).inc()

    def submitted(self, outcome: Submission) -> None:
        """Hear what became of a submission."""
        self._submissions.labels(_SUBMISSIONS[type(outcome)]).inc()

    def looked(self, outcome: Look, seconds: float) -> None:
        """Hear what a look at a task brought, and how long its answer took."""
        self._polls.labels(_LOOKS[type(outcome)]).inc()
        self._poll_seconds.observe(seconds)

    def came_late(self, seconds: float) -> None:
        """Hear how long after its time a look was begun."""
        self._poll_lag.observe(max(seconds, 0.0))

    def saved(self, image: Saved | None, seconds: float) -> None:
        """Hear of an image that was kept, or was not."""
        if image is None:
            self._failures.inc()
            return
        self._images.inc()
        self._bytes.inc(image.bytes)
        self._image_seconds.observe(seconds)

    def committed(self, changes: int, seconds: float) -> None:
        """Hear of a transaction."""
        self._changes.inc(changes)
        self._commits.observe(seconds)


class _Now(Collector):
    """What is read when somebody asks."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def collect(self) -> "Iterator[Metric]":
        """Yield how things stand."""
        now = self._meter.standing()
        yield _gauge("imagedeck_jobs", "Jobs that this process follows.", "state", now.jobs)
        yield _gauge("imagedeck_waiting", "Jobs that wait for a step.", "step", now.waiting)
        told = "Unfinished jobs of the whole database."
        yield _gauge("imagedeck_database_jobs", told, "state", now.stored or {})
        for name, about, value in (
            ("imagedeck_database_up", "Whether the database can be asked.", now.stored is not None),
            ("imagedeck_held", "Whether nothing is sent: a pause, or a refused key.", now.is_held),
            ("imagedeck_spent_dollars", "What this process has spent, by estimate.", now.spent),
        ):
            yield GaugeMetricFamily(name, about, float(value))
        retries = "What was tried again, the database being away."
        yield CounterMetricFamily("imagedeck_database_retries", retries, now.retries)


class MetricsServer:
    """Serves a meter's numbers on loopback from `with` on; raises OSError where it can't."""

    def __init__(self, meter: Meter, port: int) -> None:
        self._server, self._thread = start_http_server(port, LOOPBACK, meter.registry)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _gauge(name: str, about: str, label: str, numbers: Mapping[Any, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for one, number in Numbers(numbers).items():
        family.add_metric([str(one)], number)
    return family
