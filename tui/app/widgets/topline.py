"""The line at the top: where the requests go, and why they pause, or wait."""

from textual.content import Content
from textual.widgets import Static

from tui.core.home import DEFAULT_PROFILE
from tui.core.language import _
from tui.core.text import one_line


class TopLine(Static):
    """One line of text, repainted only when it changes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._shown: tuple[str, str, str, str, bool] | None = None

    def tell(
        self,
        place: str,
        pause: str = "",
        *,
        waits: str = "",
        profile: str = DEFAULT_PROFILE,
        is_demo: bool = False,
    ) -> None:
        """Show the gateway (or the demo), whose profile it is, why submissions pause or wait."""
        if (place, pause, waits, profile, is_demo) == self._shown:
            return
        self._shown = (place, pause, waits, profile, is_demo)
        name = (" imagedeck ", "$block-cursor-foreground on $block-cursor-background")
        parts: list[tuple[str, str] | str] = [name, " "]
        if is_demo:
            parts += [
                (_(" DEMO "), "#000000 on $warning"),
                _(" simulated images, no key, no cost"),
            ]
        else:
            if profile != DEFAULT_PROFILE:
                parts += [(one_line(profile, 24), "bold"), _(" at ")]
            parts.append(one_line(place, 60).removeprefix("https://"))
        if pause:
            parts.append((f"  ‖ {one_line(pause, 200)}", "bold $text-warning"))
        if waits:
            parts.append(f"  ⋯ {one_line(waits, 200)}")
        self.update(Content.assemble(*parts), layout=False)
