"""Who of the workers may send what waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.core.home import Home
from tui.core.job import ANY_KEY, Job
from tui.core.language import _, plural

_FINGERPRINT = 8  # letters; a mark carried in from elsewhere is longer, and tells nobody whose


class Need(NamedTuple):
    """What whoever sends a job must have; a part that is empty may be anything."""

    profile: str
    origin: str
    key: str


def need_of(job: Job) -> Need:
    """Return what must be had to send a job that waits."""
    key = job.key if job.key and job.key != ANY_KEY and len(job.key) == _FINGERPRINT else ""
    profile = "" if job.gateway is None else job.profile
    return Need(profile, job.origin or job.gateway or "", key)


def met_by(home: Home, fingerprint: str | None) -> list[Need]:
    """Return every need that somebody of a home, with a key or without, meets."""
    keys = ["", fingerprint] if fingerprint else [""]
    mine = [Need(profile, home.origin, key) for profile in (home.profile, "") for key in keys]
    return [*mine, Need("", "", "")]


@dataclass(frozen=True, slots=True)
class Staff:
    """How many workers are alive, and the needs asked about that none of them meets.

    Each of these with whether it is only the key that they lack.
    """

    alive: int = 0
    unmet: Mapping[Need, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, alive: int, asked: Iterable[Need], met: Mapping[Need, int]) -> "Staff":
        """Tell what is unmet, `met` being how many meet each need."""
        unmet = {need: bool(met.get(need._replace(key=""))) for need in asked if not met.get(need)}
        return cls(alive, unmet)

    def sentence(self, need: Need | None) -> str:
        """Say that nobody is there to meet a need, or nobody at all, and what to do about it."""
        if need is None:
            return _("No worker is alive: the jobs wait for `imagedeck worker`.")
        if self.unmet[need]:
            return plural(
                "1 worker is alive, but it lacks the key of these jobs: start `imagedeck worker` "
                "with that key, or add them anew with any_key = true in the settings.",
                "{number} workers are alive, but none has the key of these jobs: start `imagedeck "
                "worker` with that key, or add them anew with any_key = true in the settings.",
                self.alive,
            )
        return plural(
            "1 worker is alive, but not for profile {profile} at {origin}: start `imagedeck "
            "worker` for these jobs there.",
            "{number} workers are alive, but none for profile {profile} at {origin}: start "
            "`imagedeck worker` for these jobs there.",
            self.alive,
            profile=need.profile,
            origin=need.origin,
        )

    def line(self, need: Need | None) -> str:
        """Say the same in a few words."""
        if need is None:
            return _("no worker is alive, jobs wait")
        if self.unmet[need]:
            return _("no worker has the key, jobs wait")
        return _("no worker is of profile {profile}, jobs wait", profile=need.profile)

    def added_to(self, whom: str, needs: Iterable[Need]) -> str:
        """Say for whom jobs wait, and who is there instead."""
        if not self.alive:
            return _("{whom}; none is alive", whom=whom)
        need = next((one for one in needs if one in self.unmet), None)
        if need is None:
            return whom
        if self.unmet[need]:
            return plural(
                "{whom}; 1 is alive, without that key",
                "{whom}; {number} are alive, none with that key",
                self.alive,
                whom=whom,
            )
        return plural(
            "{whom}; 1 is alive, of another profile or gateway",
            "{whom}; {number} are alive, all of another profile or gateway",
            self.alive,
            whom=whom,
        )
