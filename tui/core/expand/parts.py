"""What a prompt with choices is made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A place where a value goes in, the same one wherever the name stands."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of several sequences; random samples take each as often as its weight says."""

    options: tuple["Template", ...]
    weights: tuple[float, ...] = field(compare=False)

    @cached_property
    def ends(self) -> list[int]:
        """How many combinations there are up to and with each option."""
        return list(accumulate(size(one) for one in self.options))

    @cached_property
    def weight_ends(self) -> list[float]:
        """The weights added up, up to and with each option."""
        return list(accumulate(self.weights))


Part = Text | Variable | Choice
Template = tuple[Part, ...]


def size(template: Template) -> int:
    """Return the number of combinations, each variable taken for one text."""
    product = 1
    for part in template:
        if isinstance(part, Choice):
            product *= part.ends[-1]
    return product


def variables_of(template: Template) -> Counter[str]:
    """Count how often each variable stands in a template."""
    found: Counter[str] = Counter()
    for part in template:
        match part:
            case Variable(name):
                found[name] += 1
            case Choice():
                for option in part.options:
                    found += variables_of(option)
            case _:
                continue
    return found


def bound(template: Template, values: Mapping[str, Sequence[str]]) -> Template:
    """Return a template with a choice of values in the place of each variable that is named."""
    parts: list[Part] = []
    for part in template:
        match part:
            case Variable(name) if name in values:
                options = tuple((Text(text),) for text in dict.fromkeys(values[name]))
                parts.append(Choice(options, (1.0,) * len(options)))
            case Choice():
                parts.append(
                    Choice(tuple(bound(one, values) for one in part.options), part.weights)
                )
            case _:
                parts.append(part)
    return tuple(parts)
