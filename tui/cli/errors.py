"""Commands that can't be carried out as asked."""


class NoKeyError(Exception):
    """There is no key to send anything with; the message says where to put one."""


class RefusedError(Exception):
    """A command that is refused with a line for each reason; nothing was sent.

    `model` and `prompt` are what was asked for, as far as it is known.
    """

    def __init__(self, *reasons: str, model: str | None = None, prompt: str | None = None) -> None:
        super().__init__("\n".join(reasons))
        self.model = model
        self.prompt = prompt
