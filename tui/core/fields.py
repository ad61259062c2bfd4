"""The kinds of field a model's declaration is made of."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from tui.core.fault import Fault, Severity
from tui.core.language import _
from tui.core.size import Size

Value = str | int
_DIGITS = re.compile("[+-]?[0-9]{1,18}")
_AMOUNT = re.compile(r"([0-9.]{1,9})(?:[:/]([0-9.]{1,9})|([kK]))?")
SizeRule = Callable[[str, Size], Iterable[Fault]]


class RefusedError(ValueError):
    """A value the field can't take; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter: its name on the wire, one line of help, what it may hold."""

    name: str
    help: str

    @property
    def flag(self) -> str:
        """The command-line flag, such as `--output-format`."""
        return "--" + self.name.replace("_", "-")

    @property
    def allowed(self) -> str:
        """What it may hold, in one short phrase for help and tables."""
        raise NotImplementedError

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Values worth offering in a form or a shell completion."""
        return ()

    def read(self, raw: object) -> Value:
        """Turn what a person or a file gave into the value on the wire.

        Raises RefusedError when it is no value of this field.
        """
        raise NotImplementedError

    def check(self, value: Value) -> Iterable[Fault]:  # noqa: ARG002 - most kinds have no more to say
        """Say what else is wrong with, or worth knowing about, a value that was read."""
        return ()

    def refuse(self, raw: object, rule: str, nearest: str | None = None) -> RefusedError:
        """Make the error for a value this field can't take."""
        return RefusedError(Fault(self.name, shown(raw), rule, nearest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Field):
    """The text an image is made from; never blank."""

    name: str = "prompt"
    help: str = _("What the image shows.")
    advice: Callable[[str], str | None] = lambda _prompt: None

    @property
    def allowed(self) -> str:
        """Any text that is not blank."""
        return _("text, required")

    def read(self, raw: object) -> str:
        """Take any text that is not blank, exactly as it was written."""
        if not isinstance(raw, str) or not raw.strip():
            raise self.refuse(raw, _("must not be empty: say what the image shows"))
        try:
            raw.encode()
        except UnicodeEncodeError:
            rule = _("has half a character in it (a lone surrogate), which no request can carry")
            raise self.refuse(raw, rule) from None
        return raw

    def check(self, value: Value) -> Iterable[Fault]:
        """Warn when the prompt is longer than the maker advises."""
        warning = self.advice(str(value))
        if warning:
            yield Fault(self.name, "", warning, severity=Severity.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few words."""

    choices: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The words, separated by bars."""
        return " | ".join(self.choices)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """All of them."""
        return self.choices

    def read(self, raw: object) -> str:
        """Take one of the words, whatever its case."""
        word = str(raw).strip()
        for choice in self.choices:
            if choice.casefold() == word.casefold():
                return choice
        rule = _("must be one of {choices}", choices=", ".join(self.choices))
        raise self.refuse(raw, rule, _nearest(word.casefold(), self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Field):
    """A whole number between bounds; past `advised` it comes with a warning."""

    minimum: int
    maximum: int | None = None
    advised: int | None = None
    default: int | None = None

    @property
    def allowed(self) -> str:
        """The bounds."""
        top = self.maximum if self.maximum is not None else self.advised
        return f"{self.minimum}–{top}" if top is not None else f"≥ {self.minimum}"

    def read(self, raw: object) -> int:
        """Take a whole number or its decimal digits."""
        number = _whole(raw)
        if number is None:
            raise self.refuse(raw, _("must be a whole number ({allowed})", allowed=self.allowed))
        if number < self.minimum:
            raise self.refuse(
                raw, _("must be at least {minimum}", minimum=self.minimum), str(self.minimum)
            )
        if self.maximum is not None and number > self.maximum:
            raise self.refuse(
                raw, _("must be at most {maximum}", maximum=self.maximum), str(self.maximum)
            )
        return number

    def check(self, value: Value) -> Iterable[Fault]:
        """Warn past the maker's bound."""
        if self.advised is not None and int(value) > self.advised:
            rule = _("the maker documents at most {advised}", advised=self.advised)
            yield Fault(self.name, str(value), rule, str(self.advised), Severity.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels(Field):
    """A size in pixels, `WIDTHxHEIGHT`, or one of a few words.

    `words` maps each accepted word to the warning that comes with it, or None.
    """

    rules: tuple[SizeRule, ...] = ()
    words: Mapping[str, str | None] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    bounds: str = ""

    @property
    def allowed(self) -> str:
        """The form of a size, the words, and the bounds in short."""
        parts = ["WxH", *self.words]
        return " | ".join(parts) + (f" ({self.bounds})" if self.bounds else "")

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Sizes that are in common use."""
        return self.examples

    def read(self, raw: object) -> str:
        """Take `1920x1080` or a known word."""
        text = str(raw).strip()
        for word in self.words:
            if word.casefold() == text.casefold():
                return word
        size = Size.parse(text)
        if size is None:
            words = "".join(_(" or {word}", word=word) for word in self.words)
            rule = _("must be WIDTHxHEIGHT in pixels{words}", words=words)
            raise self.refuse(raw, rule, self.examples[0] if self.examples else None)
        return str(size)

    def check(self, value: Value) -> Iterable[Fault]:
        """Apply the model's own rules about sizes."""
        if value in self.words:
            warning = self.words[str(value)]
            if warning:
                yield Fault(self.name, str(value), warning, severity=Severity.WARNING)
            return
        if size := Size.parse(str(value)):
            for rule in self.rules:
                yield from rule(self.name, size)


def _nearest(word: str, choices: Sequence[str]) -> str | None:
    """Find the choice nearest in size (4:5 → 3:4, 8K → 4K), else in spelling (png → image/png)."""
    sizes = {choice: size for choice in choices if (size := amount(choice))}
    wanted = amount(word)
    if wanted and sizes:
        return min(sizes, key=lambda choice: abs(math.log(sizes[choice] / wanted)))
    ending = [choice for choice in choices if choice.endswith(f"/{word}")]
    return next(iter([*ending, *get_close_matches(word, choices, n=1, cutoff=0.4)]), None)


def amount(text: str) -> float | None:
    """Return what a word measures: 2048 for `2K`, 0.8 for `4:5`; None for what is no number."""
    found = _AMOUNT.fullmatch(text)
    try:
        return float(found[1]) / float(found[2] or 1) * (1024 if found[3] else 1) if found else None
    except (ValueError, ZeroDivisionError):
        return None


def _whole(raw: object) -> int | None:
    match raw:
        case bool():
            return None
        case int():
            return raw
        case float() if raw.is_integer():
            return int(raw)
        case str() if _DIGITS.fullmatch(raw.strip()):
            return int(raw)
        case _:
            return None


def shown(raw: object) -> str:
    """Return a value shortened for a message."""
    text = raw if isinstance(raw, str) else repr(raw)
    return text if len(text) <= 60 else text[:57] + "…"
