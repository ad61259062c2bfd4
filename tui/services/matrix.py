"""The prompts that one prompt with choices stands for, all of them or a sample."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tui.core.expand import Expansion, parse, variables_of
from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.services.word_lists import WordLists


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
    seed: int | None
    variables: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many prompts there are to send."""
        return min(self.sample or self.expansion.count, self.expansion.count)

    @property
    def examples(self) -> list[str]:
        """Five of them."""
        if self.sample is None or self.seed is None:
            return self.expansion.examples()
        return list(self.expansion.sample(min(5, self.sample), self.seed))

    @property
    def about(self) -> list[tuple[str, str]]:
        """What to tell of it."""
        if self.sample is None:
            return [("prompts", f"{self.count:,}")]
        of = f"{self.count:,} drawn of {self.expansion.count:,}"
        return [("prompts", of), ("seed", f"{self.seed} (--seed {self.seed} draws them again)")]

    def __iter__(self) -> Iterator[str]:
        if self.sample is None or self.seed is None:
            return iter(self.expansion)
        return self.expansion.sample(self.sample, self.seed)


def expansion_of(prompt: str, wanted: Wanted, lists: WordLists) -> Matrix:
    """Read a prompt with choices; without a seed one is drawn. Raises RefusedError."""
    template = parse(prompt, lists)
    used = variables_of(template)
    missing = [name for name in used if name not in wanted.values]
    if missing:
        rule = f"{{{{{missing[0]}}}}} has no value: add --set {missing[0]}=…"
        raise RefusedError(Fault("prompt", "", rule))
    seed = secrets.randbelow(2**31) if wanted.seed is None else wanted.seed
    return Matrix(Expansion(template, wanted.values), wanted.sample, seed, tuple(used))
