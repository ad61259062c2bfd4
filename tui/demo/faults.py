"""The faults the embedded gateway can play, asked for in one line of text each.

A line is `TARGET:NAME[=VALUE][,OPTION=VALUE]…[*COUNT][@SHARE%]`, TARGET being submit, poll or
image: `submit:503,retry-after=2*2` refuses the next two submissions, `poll:html@20%` spoils
a fifth of the polls. Without count and share it strikes every time. `[fault LINE]` in a
prompt plants it for this one prompt and its task.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tui.core.language import _, marked
from tui.demo.chance import fraction

EVERYWHERE = {
    "STATUS": marked(
        "that HTTP status; options retry-after=…, charged (a submission is accepted first)"
    ),
    "drop-before": marked("closed without an answer, nothing done"),
    "drop-after": marked("done, then closed without an answer"),
    "reset": marked("done, then the connection is reset"),
    "slow=SECONDS": marked("done, then answered that much later"),
    "stall": marked("half of the answer, then nothing more"),
    "short": marked("half of the answer, then closed: Content-Length was a promise"),
    "cut": marked("the same with chunks: their end never comes"),
    "truncated[=id]": marked(
        "half of the answer as if it were all; with id, all but the last character"
    ),
    "html": marked("a page instead of the answer"),
    "gzip[=MB]": marked("compressed though nobody asked; with MB, that many megabytes of nothing"),
    "huge=MB": marked("an answer of that many megabytes"),
    "redirect=URL": marked("elsewhere ({url}: the address asked for); option code=307"),
}
_JSON_ONLY = {
    "hostile[=KIND]": "deep nan integer types list bom duplicate surrogate control id long-id"
}
OWN: Mapping[str, Mapping[str, str]] = {
    "submit": {**_JSON_ONLY, "noid": marked("an answer without a task_id")},
    "poll": {
        **_JSON_ONLY,
        "status=WORD": marked("that status word"),
        "failed": marked("the task failed"),
        "other-task": marked("the answer of another task"),
        "empty": marked("succeeded without an image"),
        "fewer": marked("one image too few"),
        "more": marked("one image too many"),
        "b64": marked("images as b64_json"),
        "data": marked("images as data: URLs"),
    },
    "image": {
        "wrong-type": marked("right bytes, Content-Type text/html"),
        "other-format": marked("another image format than asked for"),
        "not-an-image[=KIND]": "html svg gif empty",
        "trailing": marked("bytes after the image's end"),
        "bomb": marked("a tiny PNG of 900 megapixels"),
    },
}
WHEN_DONE = frozenset({"empty", "fewer", "more", "b64", "data"})  # they need a finished task

_LINE = re.compile(
    r"(?P<target>\w+):(?P<fault>.+?)(?:\*(?P<count>\d+))?(?:@(?P<share>\d+(?:\.\d+)?)%)?"
)
_NEXT_OPTION = re.compile(r",(?=(?:retry-after|charged|code)(?:[=,]|$))")
_PLANTED = re.compile(r"\[fault ([^\]]+)\]")


class UnknownFaultError(ValueError):
    """A line that asks for no fault there is; the message lists those that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSpec:
    """One fault: where it strikes, which it is, how often (None: always) or at what share."""

    text: str
    target: str
    name: str
    value: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None
    share: float = 1.0

    @property
    def status(self) -> int | None:
        """The HTTP status, when it is one."""
        return int(self.name) if self.name.isdigit() else None

    @property
    def refuses(self) -> bool:
        """Whether a submission is not accepted: nothing made, nothing charged."""
        if self.status is not None:
            return self.status >= 300 and "charged" not in self.options
        return self.name in {"drop-before", "redirect"}

    @property
    def number(self) -> float:
        """The value as a number, 0 without one."""
        return float(self.value or 0)


def parse(text: str) -> FaultSpec:
    """Read one line. Raises UnknownFaultError."""
    found = _LINE.fullmatch(text.strip())
    if found is None or found["target"] not in OWN:
        raise UnknownFaultError(
            _("There is no fault {text!r}. {overview}", text=text, overview=overview())
        )
    fault, *options = _NEXT_OPTION.split(found["fault"])
    name, _sign, value = fault.partition("=")
    if not _is_known(found["target"], name, value):
        raise UnknownFaultError(
            _("There is no fault {text!r}. {overview}", text=text, overview=overview())
        )
    return FaultSpec(
        text=text.strip(),
        target=found["target"],
        name=name,
        value=value,
        options=MappingProxyType(dict(_pair(option) for option in options)),
        count=int(found["count"]) if found["count"] else None,
        share=float(found["share"]) / 100 if found["share"] else 1.0,
    )


def planted(prompt: str) -> Iterator[FaultSpec]:
    """Read the faults a prompt asks for. Raises UnknownFaultError."""
    return (parse(text) for text in _PLANTED.findall(prompt))


def overview() -> str:
    """List every fault in a few lines."""
    parts = {"submit, poll, image": EVERYWHERE, **OWN}
    lines = [f"{target}: {', '.join(names)}." for target, names in parts.items()]
    return _("Faults are, for ") + _(" For ").join(lines)


class FaultPlan:
    """Which fault strikes next."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.replace(lines)

    @property
    def lines(self) -> list[str]:
        """The faults in force, as they were asked for."""
        return [spec.text for spec in self._specs]

    def replace(self, lines: Iterable[str]) -> None:
        """Forget all faults, then play these. Raises UnknownFaultError, having changed nothing."""
        self._specs: Sequence[FaultSpec] = [parse(line) for line in lines]
        self._seen: Counter[object] = Counter()
        self._struck: Counter[object] = Counter()

    def pick(
        self, target: str, prompt: str, owner: str, skip: Collection[str] = ()
    ) -> FaultSpec | None:
        """Return the fault that strikes this request, if one does.

        A fault planted by a prompt is counted by `owner`: the prompt itself, or its task.
        """
        everyone = [(spec, number) for number, spec in enumerate(self._specs)]
        own = [(spec, (owner, spec.text)) for spec in planted(prompt)]
        for spec, slot in [*everyone, *own]:
            fits = spec.target == target and spec.name not in skip
            if fits and self._strikes(spec, slot):
                return spec
        return None

    def _strikes(self, spec: FaultSpec, slot: object) -> bool:
        self._seen[slot] += 1
        if spec.share < 1 and fraction(spec.text, self._seen[slot]) >= spec.share:
            return False
        if spec.count is not None and self._struck[slot] >= spec.count:
            return False
        self._struck[slot] += 1
        return True


def _is_known(target: str, name: str, value: str) -> bool:
    if re.fullmatch("[2-5][0-9][0-9]", name):
        return not value
    for form, meaning in {**EVERYWHERE, **OWN[target]}.items():
        known, _sign, takes = form.replace("[=", "=").rstrip("]").partition("=")
        if name == known != "STATUS":
            return _fits(takes, value, meaning) or (not value and "[" in form)
    return False


def _fits(takes: str, value: str, meaning: str) -> bool:
    match takes:
        case "":
            return not value
        case "SECONDS" | "MB":
            return re.fullmatch(r"\d+(\.\d+)?", value) is not None
        case "KIND":
            return value in meaning.split()
        case "id":
            return value == "id"
        case _:
            return bool(value)


def _pair(option: str) -> tuple[str, str]:
    name, _sign, value = option.partition("=")
    return name, value
