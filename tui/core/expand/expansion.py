"""All the prompts that one with choices stands for."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, product
from math import prod
from random import Random

from tui.core.expand.distinct import count_distinct
from tui.core.expand.parts import Choice, Template, Text, Variable, bound, size, variables_of

_MOST_CASES = 1000
_MADE_TO_COUNT = 100_000
_MOST_MISSES = 1000


class Expansion:
    """The prompts of a template, each made when it is asked for.

    `values` are the texts of each variable. A variable that stands in several places has the
    same text in all of them; word lists and choices vary each for itself, the last one fastest.
    """

    def __init__(self, template: Template, values: Mapping[str, Sequence[str]]) -> None:
        uses = variables_of(template)
        single = {name: values[name] for name, times in uses.items() if times == 1}
        self._template = bound(template, single)
        self._repeated = {
            name: tuple(dict.fromkeys(values[name])) for name, times in uses.items() if times > 1
        }
        self._size = size(self._template)

    @property
    def combinations(self) -> int:
        """How many ways there are to choose; several may make the same prompt."""
        return prod(map(len, self._repeated.values())) * self._size

    @cached_property
    def count(self) -> int:
        """How many different prompts there are; `combinations`, where that can't be found out."""
        if self.combinations == 1:
            return 1
        counted = None
        if prod(map(len, self._repeated.values())) <= _MOST_CASES:
            counted = count_distinct((self._template, one) for one in self._assignments())
        if counted is None and self.combinations <= _MADE_TO_COUNT:
            counted = len({self.at(index) for index in range(self.combinations)})
        return self.combinations if counted is None else counted

    def __iter__(self) -> Iterator[str]:
        """Make each prompt once, always in the same order."""
        texts = map(self.at, range(self.combinations))
        if self.count == self.combinations:
            yield from texts
            return
        seen: set[str] = set()
        for text in texts:
            if text not in seen:
                seen.add(text)
                yield text

    def at(self, index: int) -> str:
        """Make one combination, 0 being the first."""
        number, index = divmod(index, self._size)
        bindings = {}
        for name, texts in reversed(self._repeated.items()):
            number, which = divmod(number, len(texts))
            bindings[name] = texts[which]
        return _made(self._template, index, bindings)

    def sample(self, number: int, seed: int) -> Iterator[str]:
        """Draw that many different prompts, or all there are, the same ones for the same seed."""
        random = Random(seed)  # noqa: S311 - draws prompts, keeps no secret
        seen: dict[str, None] = {}
        misses = 0
        while len(seen) < min(number, self.count) and misses < _MOST_MISSES:
            text = self._drawn(random)
            if text in seen:
                misses += 1
                continue
            misses = 0
            seen[text] = None
            yield text
        # What is left is rare: by chance alone it would take for ever.
        rest = (text for text in self if text not in seen)
        yield from islice(rest, max(0, number - len(seen)))

    def examples(self, number: int = 5) -> list[str]:
        """Return a few prompts from all over."""
        most = min(number, self.combinations)
        indexes = (at * self.combinations // most for at in range(most))
        return list(dict.fromkeys(map(self.at, indexes)))

    def _assignments(self) -> Iterator[Mapping[str, str]]:
        for texts in product(*self._repeated.values()):
            yield dict(zip(self._repeated, texts, strict=True))

    def _drawn(self, random: Random) -> str:
        bindings = {
            name: texts[int(random.random() * len(texts))] for name, texts in self._repeated.items()
        }
        return _drawn(self._template, random, bindings)


def _made(template: Template, index: int, bindings: Mapping[str, str]) -> str:
    texts: list[str] = []
    for part in reversed(template):
        match part:
            case Text(text):
                texts.append(text)
            case Variable(name):
                texts.append(bindings[name])
            case Choice():
                index, rest = divmod(index, part.ends[-1])
                which = bisect_right(part.ends, rest)
                before = part.ends[which - 1] if which else 0
                texts.append(_made(part.options[which], rest - before, bindings))
    return "".join(reversed(texts))


def _drawn(template: Template, random: Random, bindings: Mapping[str, str]) -> str:
    texts: list[str] = []
    for part in template:
        match part:
            case Text(text):
                texts.append(text)
            case Variable(name):
                texts.append(bindings[name])
            case Choice():
                ends = part.weight_ends
                # random() alone is promised to give the same numbers in every Python.
                which = bisect_right(ends, random.random() * ends[-1], 0, len(ends) - 1)
                texts.append(_drawn(part.options[which], random, bindings))
    return "".join(texts)
