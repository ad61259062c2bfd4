"""What one submission asks for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from sys import intern
from typing import Any, Self

from tui.core.fields import Value

_MOST_SHARED = 20  # characters: sizes and the like; prompts are each another


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference image: a URL sent as it is, or a local file known by its sha256.

    Of a file the bytes are kept aside at submission, so that changing it later
    changes nothing; `width` × `height` are pixels, `bytes` is its size.
    """

    name: str
    url: str | None = None
    sha256: str | None = None
    media_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def identity(self) -> str:
        """What makes two references the same one."""
        return self.sha256 or self.url or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A validated request: the model's id, the values that were set, the references.

    `values` holds wire names and wire values; a field nobody set is not in it.
    """

    model: str
    values: Mapping[str, Value]
    references: tuple[Reference, ...] = ()

    @property
    def prompt(self) -> str:
        """The prompt, as it was written."""
        return str(self.values["prompt"])

    @property
    def count(self) -> int:
        """How many images are asked for."""
        return int(self.values.get("n", 1))

    @property
    def key(self) -> str:
        """Name the request by its content: the same for equal requests (sha256, hexadecimal)."""
        content = [self.model, dict(self.values), [one.identity for one in self.references]]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values, references without their bytes."""
        return {
            "model": self.model,
            "values": dict(self.values),
            "references": [
                {name: part for name, part in asdict(one).items() if part is not None}
                for one in self.references
            ],
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote; what thousands have in common they hold together."""
        return cls(
            model=intern(record["model"]),
            values={intern(name): _shared(value) for name, value in dict(record["values"]).items()},
            references=tuple(Reference(**one) for one in record["references"]),
        )


def _shared(value: Value) -> Value:
    return intern(value) if isinstance(value, str) and len(value) <= _MOST_SHARED else value
