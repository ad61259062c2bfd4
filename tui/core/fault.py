"""What is wrong with one field of a request."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a fault stops a request or only comes along with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the field, the value given, the rule it breaks, the nearest valid value.

    An error comes from the gateway's reference, a warning from what the models' makers
    document beyond it (the gateway may know better).
    """

    field: str
    value: str
    rule: str
    nearest: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """True when the request must not be sent."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        given = f"{self.value!r}: " if self.value else ""
        nearest = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"{self.field}: {given}{self.rule}{nearest}"
