"""What changes in a form when another request takes its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a form, or would: values as text, references by their names."""

    model: str
    prompt: str
    values: Mapping[str, str]
    references: Sequence[str] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything that could get lost."""
        return not self.prompt.strip() and not self.references and not any(self.values.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes; an empty text is nothing."""

    name: str
    before: str
    after: str


def differences(before: Written, after: Written) -> list[Difference]:
    """Return everything that changes, the model first, the references last."""
    found = [
        Difference("model", before.model, after.model),
        Difference("prompt", before.prompt.strip(), after.prompt.strip()),
    ]
    found += [
        Difference(name, before.values.get(name, ""), after.values.get(name, ""))
        for name in dict.fromkeys([*after.values, *before.values])
    ]
    texts = (", ".join(before.references), ", ".join(after.references))
    found.append(Difference("references", *texts))
    return [one for one in found if one.before != one.after]
