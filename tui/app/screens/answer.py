"""What screens have in common that are answered with yes or no."""

from textual import on
from textual.widgets import Button

from tui.app.screens.dialog import Dialog


class AnswerScreen(Dialog[bool]):
    """Returns True for its button `yes`, and what `action_answer` is given by a key."""

    def action_answer(self, answer: bool) -> None:
        """Give the answer."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """Take a button for the answer on it."""
        event.stop()
        self.dismiss(event.button.id == "yes")
