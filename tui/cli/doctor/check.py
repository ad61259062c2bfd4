"""One thing that was looked at, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and, where that is a finding, what to do."""

    name: str
    says: str
    do: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to do."""
        return not self.do

    @property
    def record(self) -> dict[str, object]:
        """The same for JSON."""
        return {"check": self.name, "ok": self.is_fine, "says": self.says, "do": self.do or None}
