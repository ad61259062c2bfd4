"""The prompts that one prompt with choices stands for, all of them or a sample."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tui.core.expand import Expansion, Template, parse, variables_of
from tui.core.fault import Fault
from tui.core.fields import RefusedError, Whole
from tui.core.language import _, marked
from tui.services.word_lists import WordLists

MOST = 100_000  # requests at once
SAMPLE = Whole(name="sample", help=_("Prompts to draw."), minimum=1, maximum=MOST)
SEED = Whole(name="seed", help=_("Where drawing begins."), minimum=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to expand: `sample` of that many, drawn by `seed`, or all; `values` of variables."""

    sample: int | None
    seed: int | None
    values: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The prompts that one stands for."""

    expansion: Expansion
    sample: int | None
    seed: int
    variables: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many prompts there are to send."""
        return min(self.sample or self.expansion.count, self.expansion.count)

    @property
    def examples(self) -> list[str]:
        """Five of them."""
        if self.sample is None:
            return self.expansion.examples()
        return list(self.expansion.sample(min(5, self.sample), self.seed))

    def about(self, hint: str = "") -> list[tuple[str, str]]:
        """Return what to tell of it; `hint` says how to draw the same ones again."""
        if self.sample is None:
            return [(marked("prompts"), f"{self.count:,}")]
        of = _("{count:,} drawn of {count2:,}", count=self.count, count2=self.expansion.count)
        return [(marked("prompts"), of), (marked("seed"), f"{self.seed}{hint}")]

    def __iter__(self) -> Iterator[str]:
        if self.sample is None:
            return iter(self.expansion)
        return self.expansion.sample(self.sample, self.seed)


def expansion_of(prompt: str, wanted: Wanted, lists: WordLists) -> Matrix:
    """Read a prompt with choices; without a seed one is drawn. Raises RefusedError."""
    template = parse(prompt, lists)
    missing = [name for name in variables_of(template) if name not in wanted.values]
    if missing:
        rule = _("{{{{{missing}}}}} has no value: add --set {missing}=…", missing=missing[0])
        raise RefusedError(Fault("prompt", "", rule))
    return matrix_of(template, wanted)


def matrix_of(template: Template, wanted: Wanted) -> Matrix:
    """Expand a template whose variables all have values; without a seed one is drawn."""
    seed = draw_seed() if wanted.seed is None else wanted.seed
    expansion, used = Expansion(template, wanted.values), tuple(variables_of(template))
    return Matrix(expansion, wanted.sample, seed, used)


def draw_seed() -> int:
    """Draw where a sample begins."""
    return secrets.randbelow(2**31)
