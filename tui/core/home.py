"""The gateway and the profile that jobs keep to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from shlex import quote

from tui.core.job import ErrorKind, Job, JobError

DEFAULT_PROFILE = "default"


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
        said = ", which is no longer in the settings" if gone else ""
        return JobError(ErrorKind.AUTH, f"It waits for {_named(job)}{said}")

    def moved(self, job: Job) -> str:
        """Say that a job was made elsewhere and will be made anew here; empty where it was not."""
        if self.has(job):
            return ""
        return (
            f"was made with {_named(job)}; the new one with profile {self.profile} at {self.origin}"
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


def _named(job: Job) -> str:
    profile, origin = _home_of(job)
    return f"profile {profile} at {origin}"


def _counted(number: int, job: Job) -> str:
    what = "1 job belongs" if number == 1 else f"{number:,} jobs belong"
    return f"{what} to {_named(job)}"
