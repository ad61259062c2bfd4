"""The wish of a widget for a picture."""

from typing import Protocol

from textual.message import Message

from tui.core.picture import Drawing, Picture, Wish


class Taker(Protocol):
    """A widget that asks for pictures."""

    def picture(self, wanted: "ThumbnailWanted", picture: Picture | Drawing) -> None:
        """Take the picture, if it is still the one that is wanted."""

    def no_picture(self, wanted: "ThumbnailWanted", reason: str) -> None:
        """Take the reason why there is none."""


class ThumbnailWanted(Message):
    """Somebody is to make a picture of an image, as wished, and give it to `to`."""

    def __init__(self, path: str, sha256: str, wish: Wish, to: Taker) -> None:
        super().__init__()
        self.path = path
        self.sha256 = sha256
        self.wish = wish
        self.to = to

    def can_replace(self, message: Message) -> bool:
        """Only the last one of a widget counts."""
        return isinstance(message, ThumbnailWanted) and message.to is self.to

    def is_for(self, sha256: str, wish: Wish) -> bool:
        """Whether it asks for this."""
        return self.sha256 == sha256 and self.wish == wish
