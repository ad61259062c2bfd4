"""The app in a terminal, with a hand at its keys."""

from itertools import cycle
from pathlib import Path
from typing import Self

from apparatus.gateway import environ
from apparatus.terminal import Terminal, imagedeck

_SIZE = (120, 40)
_LETTERS = "αβγδεζηθικλμνξπρστυφχψωбгджзийклпфцчшщъыьэюя"
_RIGHT, _DOWN, _UP, _ERASE = "\x1b[C", "\x1b[B", "\x1b[A", "\x7f"
_F10 = "\x1b[21~"
_PAGE_UP = "\x1b[5~"


class App:
    """imagedeck in a terminal, with a hand at its keys."""

    def __init__(self, home: Path, url: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.terminal = Terminal(imagedeck(), environ(home, url), _SIZE)
        self._letters = cycle(_LETTERS)
        self._key = _DOWN  # the last one
        self.terminal.see("Jobs", "Prompt")
        self.terminal.rest(3)  # what opens beside the screen

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *rest: object) -> None:
        """End it."""
        self.terminal.__exit__(*rest)

    def send(self, batch: Path, count: int) -> None:
        """Open a batch file and send it."""
        terminal = self.terminal
        terminal.send(_F10)
        terminal.see("A batch file")
        terminal.send(f"{batch}\r")
        terminal.see(f"send {count:,}")
        terminal.send("\r")
        terminal.until(lambda: "A batch file" not in terminal.text)

    def unfold(self) -> None:
        """Show all jobs of the one group, the oldest in view."""
        self.go_to("j")
        self.terminal.see("▸")
        self.terminal.send(_RIGHT)
        self.terminal.rest(1)
        self.terminal.send("G")
        self.terminal.rest(2)

    def look_at_work(self) -> None:
        """Turn the page while all that is in view is done."""
        words = ("queued", "sending", "pending", "running", "processing", "fetching", "downloading")
        if not any(word in self.terminal.text for word in words):
            self.terminal.send(_PAGE_UP)
            self._key = _UP
            self.terminal.rest(0.2)

    def go_to(self, part: str) -> None:
        """Jump to a part of the screen."""
        self.terminal.send("\x0f")  # ctrl+o
        self.terminal.see("esc stays here")
        self.terminal.send(part)
        self.terminal.until(lambda: "esc stays here" not in self.terminal.text)

    def letter(self) -> float:
        """Type a letter into the prompt; return the seconds until it stands there."""
        letter = next(self._letters)
        self.terminal.send(letter)
        took = self.terminal.until(lambda: letter in self.terminal.text)
        self.terminal.send(_ERASE)
        self.terminal.until(lambda: letter not in self.terminal.text)
        return took

    def cursor(self) -> float:
        """Move the table's cursor to and fro; return the seconds until it is painted elsewhere."""
        self.terminal.until(lambda: self._cursor_line() is not None)
        before = self._cursor_line()
        self._key = _UP if self._key == _DOWN else _DOWN
        self.terminal.send(self._key)
        return self.terminal.until(lambda: self._cursor_line() not in {before, None})

    @property
    def saved(self) -> int:
        """How many images are there, complete."""
        folder = self.home / "Pictures/imagedeck"
        return sum(1 for _ in folder.glob("*.json"))

    def _cursor_line(self) -> int | None:
        """Return the line whose ground differs from those around it, in the table's state cell."""
        grounds = self._grounds()
        rare = [line for line, ground in grounds if sum(one == ground for _, one in grounds) == 1]
        return rare[0] if len(rare) == 1 else None

    def _grounds(self) -> list[tuple[int, str]]:
        screen = self.terminal.screen
        header = next(
            y for y, text in enumerate(self.terminal.text.split("\n")) if " State " in text
        )
        x = self.terminal.text.split("\n")[header].index(" State ") + 1
        return [(y, screen.buffer[y][x].bg) for y in range(header + 1, screen.lines - 3)]
