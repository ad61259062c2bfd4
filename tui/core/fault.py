"""What is wrong with one field of a request."""

from dataclasses import dataclass
from enum import StrEnum

from tui.core.language import _


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

    @property
    def told(self) -> str:
        """What is wrong, without the field's name."""
        given = _("{value!r}: ", value=self.value) if self.value else ""
        nearest = _(" (nearest: {nearest})", nearest=self.nearest) if self.nearest else ""
        return f"{given}{self.rule}{nearest}"

    def __str__(self) -> str:
        return _("{field}: {told}", field=self.field, told=self.told)
