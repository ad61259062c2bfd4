"""The connection below a request, as far as the embedded gateway must be able to break it."""

from typing import Protocol

from starlette.types import Receive, Scope

_NAME = "imagedeck.connection"


class Connection(Protocol):
    """What a server puts into the scope so that the app can break the connection."""

    def drop(self, *, reset: bool) -> None:
        """Close it after what was already sent; `reset` does it with a TCP reset."""


def attach(scope: Scope, connection: Connection) -> Scope:
    """Return the scope with the connection in it."""
    extensions = {**scope.get("extensions", {}), _NAME: connection}
    return {**scope, "extensions": extensions}


async def drop(scope: Scope, receive: Receive, *, reset: bool = False) -> None:
    """Break the connection of a request, then wait until it is gone."""
    connection: Connection = scope["extensions"][_NAME]
    connection.drop(reset=reset)
    await until_gone(receive)


async def until_gone(receive: Receive) -> None:
    """Wait until the other side has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
