"""The number of different texts that templates make, without making them."""

from collections.abc import Iterable, Mapping

from tui.core.expand.parts import Choice, Template, Text, Variable

_MOST_WORK = 3_000_000  # steps; a few seconds
_MOST_PLACES = 1_000_000
_END = 0

Bindings = Mapping[str, str]


class _TooLargeError(Exception):
    pass


def count_distinct(cases: Iterable[tuple[Template, Bindings]]) -> int | None:
    """Count the different texts of all cases together; None when that would take too long.

    `a{b|bc}{cd|d}` has four combinations and three texts: equal ones are made in different ways.
    """
    machine = _Machine()
    try:
        layer = {machine.reach(machine.start(*case) for case in cases): 1}
    except _TooLargeError:
        return None
    total = work = 0
    # Each text is one path through sets of places, so paths are counted, a character at a time.
    while layer:
        after: dict[frozenset[int], int] = {}
        for places, ways in layer.items():
            total += ways if _END in places else 0
            work += len(places)
            for targets in machine.moves(places):
                after[targets] = after.get(targets, 0) + ways
        if work > _MOST_WORK:
            return None
        layer = after
    return total


class _Machine:
    """The places in the texts: at each a character, and where it leads; without one, anywhere."""

    def __init__(self) -> None:
        self._chars = [""]
        self._nexts: list[tuple[int, ...]] = [()]

    def start(self, template: Template, bindings: Bindings) -> int:
        """Lay a template out; return its first place."""
        return self._sequence(template, _END, bindings)

    def reach(self, places: Iterable[int]) -> frozenset[int]:
        """Return every place with a character, or the end, that is reached without one."""
        found: set[int] = set()
        ahead = list(places)
        while ahead:
            place = ahead.pop()
            if self._chars[place] or place == _END:
                found.add(place)
            else:
                ahead += self._nexts[place]
        return frozenset(found)

    def moves(self, places: frozenset[int]) -> list[frozenset[int]]:
        """Return where each possible next character leads."""
        targets: dict[str, list[int]] = {}
        for place in places:
            if char := self._chars[place]:
                targets.setdefault(char, []).extend(self._nexts[place])
        return [self.reach(one) for one in targets.values()]

    def _sequence(self, template: Template, end: int, bindings: Bindings) -> int:
        for part in reversed(template):
            match part:
                case Text(text):
                    end = self._text(text, end)
                case Variable(name):
                    end = self._text(bindings[name], end)
                case Choice():
                    starts = (self._sequence(one, end, bindings) for one in part.options)
                    end = self._place("", tuple(starts))
        return end

    def _text(self, text: str, end: int) -> int:
        for char in reversed(text):
            end = self._place(char, (end,))
        return end

    def _place(self, char: str, nexts: tuple[int, ...]) -> int:
        if len(self._chars) > _MOST_PLACES:
            raise _TooLargeError
        self._chars.append(char)
        self._nexts.append(nexts)
        return len(self._chars) - 1
