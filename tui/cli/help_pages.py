"""Help pages in the reader's language, wrapped by the cells that its letters take."""

import inspect
from collections.abc import Iterable

import click

from tui.core.language import _, installed
from tui.core.widths import cells, pad, wrap

_LEAST = 10  # cells


class Formatter(click.HelpFormatter):
    """Writes English as click does; other letters may be two cells wide, without blanks between."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the first line."""
        super().write_usage(prog, args, prefix if installed() is None else _("Usage:"))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        if installed() is None:
            super().write_heading(heading)
        else:
            self._write(_("{heading}:", heading=heading), self.current_indent)

    def write_text(self, text: str) -> None:
        """Write paragraphs; one that begins with a backspace keeps its lines."""
        if installed() is None:
            super().write_text(text)
            return
        room = max(self.width - self.current_indent, _LEAST)
        paragraphs = []
        for one in text.split("\n\n"):
            is_fixed = one.lstrip().startswith("\b")
            lines = one.replace("\b", "").strip("\n").split("\n")
            paragraphs.append(lines if is_fixed else wrap(" ".join(lines), room))
        self._write("\n\n".join("\n".join(lines) for lines in paragraphs), self.current_indent)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms with what they mean beside them."""
        if installed() is None:
            super().write_dl(rows, col_max, col_spacing)
            return
        rows = list(rows)
        first = min(max(cells(term) for term, _about in rows), col_max) + col_spacing
        room = max(self.width - self.current_indent - first, _LEAST)
        for term, about in rows:
            is_wide = cells(term) > first - col_spacing
            self._write(term if is_wide or not about else pad(term, first), self.current_indent, "")
            lines = wrap(about, room)
            if is_wide and about:
                self.write("\n" + " " * (first + self.current_indent))
            self.write("\n".join(lines[:1]) + "\n")
            for line in lines[1:]:
                self._write(line, first + self.current_indent)

    def _write(self, text: str, indent: int, end: str = "\n") -> None:
        for line in text.split("\n"):
            self.write((" " * indent + line).rstrip(" ") if end else " " * indent + line)
            self.write(end)


class Context(click.Context):
    """Makes help pages with it."""

    formatter_class = Formatter


def speak(command: click.Command) -> None:
    """Let a command tell of itself in the reader's language; its docstring is the English."""
    command.context_class = Context
    if installed() is None or command.help is None:
        return
    command.help = _(inspect.cleandoc(command.help))
    command.short_help = command.help.partition("\n")[0]
