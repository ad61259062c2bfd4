"""The gateway and the profile that jobs keep to."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from shlex import quote

from tui.core.job import ANY_KEY, ErrorKind, Job, JobError
from tui.core.language import _, english, plural

DEFAULT_PROFILE = "default"
_WAITS = english("It waits for profile {profile} at {origin}")
_NEEDS_KEY = english(
    "It waits for the key it was submitted with; whoever has that key goes on with it"
)
_UNPAID = english(
    "It waits unsent for the key it was added with. Where that key is no more, `imagedeck retry` "
    "makes it anew with another one"
)
_GONE = english("It waits for profile {profile} at {origin}, which is no longer in the settings")


@dataclass(frozen=True, slots=True)
class Home:
    """Where the jobs of a run are at home: its profile, and its gateway's origin.

    A task id belongs to an origin, and what it costs to whoever's key it is, so a job is sent,
    asked for and fetched from its own home only. `origins` are those of all profiles, by name.
    `keys` are the fingerprints of the keys that are here; None where keys keep nobody apart.
    """

    profile: str
    origin: str
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    keys: Container[str] | None = field(default=None, compare=False)

    def has(self, job: Job) -> bool:
        """Whether a job belongs here, so that this process may work on it.

        One without a gateway (of an older version, of the demo) is bound only once it was sent.
        """
        return self._is_place_of(job) and self._has_key_of(job)

    def lacks_key(self, job: Job) -> bool:
        """Whether a job would belong here, were its key here."""
        return self._is_place_of(job) and not self._has_key_of(job)

    def _is_place_of(self, job: Job) -> bool:
        if job.gateway is None:
            return job.origin in {None, self.origin}
        return job.profile == self.profile and (job.origin or job.gateway) == self.origin

    def _has_key_of(self, job: Job) -> bool:
        if self.keys is None:
            return True
        if job.task_id is None:
            return job.key in {None, ANY_KEY} or job.key in self.keys
        # Images are fetched without a key, until it turns out that the task must be asked again.
        if job.results and not (job.error and job.error.kind is ErrorKind.AUTH):
            return True
        return job.fingerprint is None or job.fingerprint in self.keys

    def waits(self, job: Job) -> JobError:
        """Return what a job says that waits for another home."""
        if self.lacks_key(job):
            return JobError(ErrorKind.AUTH, _UNPAID if job.task_id is None else _NEEDS_KEY)
        gone = self.origins and job.profile not in self.origins
        profile, origin = _home_of(job)
        return JobError(
            ErrorKind.AUTH, english(_GONE if gone else _WAITS, profile=profile, origin=origin)
        )

    def moved(self, job: Job, name: str) -> str:
        """Say that a job, so named, was made elsewhere and will be made anew here; else nothing."""
        if self.has(job):
            return ""
        if self.lacks_key(job):
            return _("{name} waited for another key; the new one is paid with yours.", name=name)
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
        numbers = Counter(map(self._reason, away))
        first = {self._reason(job): job for job in reversed(away)}
        return [(_counted(number, *why), first[why]) for why, number in numbers.items()]

    def _reason(self, job: Job) -> tuple[str, str]:
        """Return the profile and the origin that a job waits for; neither where it lacks a key."""
        return ("", "") if self.lacks_key(job) else _home_of(job)


def _home_of(job: Job) -> tuple[str, str]:
    return job.profile, job.origin or job.gateway or ""


def _counted(number: int, profile: str, origin: str) -> str:
    if not profile:
        return plural("1 job waits for another key", "{number:,} jobs wait for another key", number)
    return plural(
        "1 job belongs to profile {profile} at {origin}",
        "{number:,} jobs belong to profile {profile} at {origin}",
        number,
        profile=profile,
        origin=origin,
    )
