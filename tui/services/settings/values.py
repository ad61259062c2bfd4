"""The settings as the program uses them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tui.core.bucket import Bucket
from tui.core.budget import NO_CAPS, Caps
from tui.core.fields import Value
from tui.core.home import DEFAULT_PROFILE, Home
from tui.core.job import Job
from tui.core.keeping import Keep
from tui.core.language import _
from tui.core.limits import Limits
from tui.core.model import Model
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.picture import AUTO
from tui.core.price import Price
from tui.core.request import Request
from tui.models import UnknownModelError, find_model
from tui.services.settings.base_url import origin_of

DEFAULT_BASE_URL = "https://tokenhub.piegateway.me"
HERE, WORKERS = RUNS = ("here", "workers")


class SettingsError(Exception):
    """Settings that can't be used: one line for each fault, `FILE:LINE: key: what to do`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value with the place where it was set: a flag, a variable, `FILE:LINE`."""

    value: Any
    source: str


Layer = dict[tuple[str, ...], Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named set of values for a model; `references` are paths or URLs as they were written."""

    model: str
    values: Mapping[str, Value] = field(default_factory=dict)
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for this run. `fields` and `prices` go by model id, then by name.

    `submissions`, `polls` and `downloads` are in flight at once, at most; `in_flight` says how many
    jobs may be with the gateway, by model id and for `all`, `run_in_flight` how many of this run,
    `submissions_per_second` how many go to the gateway a second.

    `database_url` is empty where the jobs are in this user's own file. In one that several share
    `user` is what a person is called, with `any_key` any key there may pay for what this one adds,
    and `run` says who works on new jobs.

    `keep` is how many days old things are kept, `budget` the most that may be spent.

    `snippets` are pieces of prompt text by their names.

    `theme` is empty where the choice made in the app holds; `keys` gives actions other keys.

    `gateways` has the address of each profile there is, as it would hold without flags.

    `prices` holds only what differs from the shipped table; `sources` says by dotted name
    (`limits.polls`) where a value was set.
    """

    output_dir: Path | Bucket
    base_url: str = DEFAULT_BASE_URL
    profile: str = DEFAULT_PROFILE
    template: str = DEFAULT_TEMPLATE
    database_url: str = ""
    user: str = ""
    any_key: bool = False
    run: str = HERE
    key_command: tuple[str, ...] = ()
    ask_above: int = 200
    detach_on_hangup: bool = False
    theme: str = ""
    preview: str = AUTO
    language: str = "auto"
    viewer: tuple[str, ...] = ()
    on_saved: tuple[str, ...] = ()
    notify: str = "off"
    notify_after: int = 60
    submissions: int = 8
    polls: int = 32
    downloads: int = 8
    in_flight: Mapping[str, int] = field(default_factory=dict)
    submissions_per_second: float | None = None
    run_in_flight: int | None = None
    keep: Keep = field(default_factory=Keep)
    budget: Caps = NO_CAPS
    fields: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    snippets: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    gateways: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def folders(self) -> list[Path]:
        """The folder where images go, if they go to one."""
        return [] if isinstance(self.output_dir, Bucket) else [self.output_dir]

    @property
    def origin(self) -> str:
        """The gateway's scheme, host and port: what a stored key belongs to."""
        return origin_of(self.base_url)

    @property
    def leaves_to_workers(self) -> bool:
        """Whether this process leaves its jobs to workers, which only a shared database has."""
        return self.run == WORKERS and bool(self.database_url)

    @property
    def needs_key(self) -> bool:
        """Whether a key has to be here: not where workers do it all, and pay with their own."""
        return not (self.leaves_to_workers and self.any_key)

    @property
    def limits(self) -> Limits:
        """What all who share the database may ask of the gateway together."""
        most, rate = self.in_flight.get("all"), self.submissions_per_second
        return Limits(most, self.in_flight, rate, self.origin)

    @property
    def home(self) -> Home:
        """What the jobs of this run keep to."""
        origins = {name: origin_of(address) for name, address in self.gateways.items()}
        return Home(self.profile, self.origin, origins)

    @property
    def submitter(self) -> str | None:
        """Whose the jobs of this run are; None where all jobs are one person's."""
        return (self.user or None) if self.database_url else None

    def source(self, name: str) -> str:
        """Say where a value was set: a flag, a variable, `FILE:LINE`, or `default`."""
        return self.sources.get(name, "default")

    def prices_of(self, model: Model) -> Mapping[str, Decimal]:
        """Return the shipped prices of a model with the ones that were set put over them."""
        return {**model.prices, **self.prices.get(model.id, {})}

    def price(self, request: Request) -> Price:
        """Estimate a request's price; unknown for a model that is not known."""
        try:
            model = find_model(request.model)
        except UnknownModelError:
            return Price(None)
        return model.price(request, self.prices_of(model))

    def price_of(self, job: Job) -> Price:
        """Return what a job was estimated to cost when it was made; for older ones, today."""
        return self.price(job.request) if job.price is None else Price(job.price)


def missing_profile(name: str, profiles: Iterable[str]) -> str | None:
    """Say that there is no such profile, and which there are; None when there is one."""
    known = dict.fromkeys([DEFAULT_PROFILE, *profiles])
    if name in known:
        return None
    return _(
        "there is no profile {name!r}, only {known}; add a table [profiles.{name}]",
        name=name,
        known=", ".join(known),
    )
