"""The gateway and the profile that jobs keep to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from shlex import quote

from tui.core.job import ErrorKind, Job, JobError
from tui.core.language import _, english, plural

DEFAULT_PROFILE = "default"
_WAITS = english("It waits for profile {profile} at {origin}")
_GONE = english("It waits for profile {profile} at {origin}, which is no longer in the settings")


@dataclass(frozen=True, slots=True)
class Home:
    """Where the jobs of a run are at home: its profile, and its gateway's origin.

    A task id belongs to an origin, and what it costs to whoever's key it is, so a job is sent,
    asked for and fetched from its own home only. `origins` are those of all profiles, by name.
    """

    profile: str
    origin: str
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def has(self, job: Job) -> bool:
        """Whether a job belongs here.

        One without a gateway (of an older version, of the demo) is bound only once it was sent.
        """
        if job.gateway is None:
            return job.origin in {None, self.origin}
        return job.profile == self.profile and (job.origin or job.gateway) == self.origin

    def waits(self, job: Job) -> JobError:
        """Return what a job says that waits for another home."""
        gone = self.origins and job.profile not in self.origins
        profile, origin = _home_of(job)
        return JobError(
            ErrorKind.AUTH, english(_GONE if gone else _WAITS, profile=profile, origin=origin)
        )

    def moved(self, job: Job, name: str) -> str:
        """Say that a job, so named, was made elsewhere and will be made anew here; else nothing."""
        if self.has(job):
            return ""
        profile, origin = _home_of(job)
        return _(
            "{name} was made with profile {profile} at {origin}; the new one with profile "
            "{new} at {new_origin}.",
            name=name,
            profile=profile,
            origin=origin,
            new=self.profile,
            new_origin=self.origin,
        )

    def flags(self, job: Job) -> str:
        """Return the flags that lead from here to a job's home, each with a blank before it."""
        profile, origin = _home_of(job)
        given = "" if profile == self.profile == DEFAULT_PROFILE else f" --profile {quote(profile)}"
        is_its_own = self.origins.get(profile) == origin
        return given if is_its_own else f"{given} --base-url {quote(origin)}"

    def others(self, jobs: Iterable[Job]) -> list[tuple[str, Job]]:
        """Return a sentence's beginning for each other home of some jobs, with one of them."""
        away = [job for job in jobs if not self.has(job)]
        numbers = Counter(map(_home_of, away))
        first = {_home_of(job): job for job in reversed(away)}
        return [(_counted(number, first[home]), first[home]) for home, number in numbers.items()]


def _home_of(job: Job) -> tuple[str, str]:
    return job.profile, job.origin or job.gateway or ""


def _counted(number: int, job: Job) -> str:
    profile, origin = _home_of(job)
    return plural(
        "1 job belongs to profile {profile} at {origin}",
        "{number:,} jobs belong to profile {profile} at {origin}",
        number,
        profile=profile,
        origin=origin,
    )
