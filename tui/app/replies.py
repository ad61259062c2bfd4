"""Answers of the terminal to questions about itself, which are not keys."""

import re
import time
from collections.abc import Callable

_PATIENCE = 0.5  # seconds to wait for the rest of an answer
_TEXT = r"[^\x1b\x07]{0,4096}"
_ANSWER = re.compile(
    r"\x1b\[[?>=][\d;]*[cnuRS]"  # what the terminal is, which modes and keyboard it has
    r"|\x1b\[[34689];\d+;\d+t"  # sizes in pixels and cells
    r"|\x1b\[[03]n"  # "I am fine"
    rf"|\x1b\]\d+;{_TEXT}(?:\x07|\x1b\\)"  # colours
    rf"|\x1bP[\d!>=]*[|+$]{_TEXT}\x1b\\"  # name and version
    rf"|\x1b_G{_TEXT}\x1b\\"  # pictures
)
_BEGUN = re.compile(
    r"(?:\x1b\[[?>=]?[\d;]*"
    rf"|\x1b\](?:\d+(?:;{_TEXT}\x1b?)?)?|\x1bP[\d!>=]*(?:[|+$]{_TEXT}\x1b?)?"
    rf"|\x1b_(?:G{_TEXT}\x1b?)?)\Z"
)
_KEY = re.compile(r"\x1b(?:\[[\d;]*|.)")  # alt with another key, which begins like an answer


class Replies:
    """Takes the terminal's answers out of what is typed, however late and in how many pieces.

    `hear` is told each of them.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        hear: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._now = now
        self.hear = hear
        self._begun = ""
        self._since = 0.0

    def take_out(self, text: str) -> str:
        """Return what a person typed; call it with "" now and then while nothing comes."""
        if self._begun and self._now() - self._since > _PATIENCE:
            kept = self._begun if _KEY.fullmatch(self._begun) else ""
            self._begun = ""
            return kept + self.take_out(text)
        if not text:
            return ""
        text = _ANSWER.sub(self._heard, self._begun + text)
        was_waiting, self._begun = bool(self._begun), ""
        if found := _BEGUN.search(text):
            self._begun, text = found[0], text[: found.start()]
            if not was_waiting:
                self._since = self._now()
        return text

    def _heard(self, answer: re.Match[str]) -> str:
        self.hear(answer[0])
        return ""
