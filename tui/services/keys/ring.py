"""The system's keyring, which may be absent, locked or hang."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_log = logging.getLogger(__name__)
_SERVICE = "imagedeck"
_TIMEOUT = 20.0  # seconds; a person may have to unlock it meanwhile

Answer = TypeVar("Answer")


def read(user: str, timeout: float = _TIMEOUT) -> str | None:
    """Return what is kept for that user; None when there is nothing, or no usable keyring."""

    def ask() -> str | None:
        import keyring

        return keyring.get_password(_SERVICE, user)

    return _ask(ask, None, timeout)


def write(user: str, secret: str, timeout: float = _TIMEOUT) -> bool:
    """Keep the secret; False when no usable keyring took it."""

    def ask() -> bool:
        import keyring

        keyring.set_password(_SERVICE, user, secret)
        # keyring's null backend takes everything and keeps nothing.
        return keyring.get_password(_SERVICE, user) == secret

    return _ask(ask, False, timeout)


def remove(user: str, timeout: float = _TIMEOUT) -> bool:
    """Forget what is kept; False when there was nothing, or no usable keyring."""

    def ask() -> bool:
        import keyring

        if keyring.get_password(_SERVICE, user) is None:
            return False
        keyring.delete_password(_SERVICE, user)
        return True

    return _ask(ask, False, timeout)


def _ask(question: Callable[[], Answer], otherwise: Answer, timeout: float) -> Answer:
    answer: Future[Answer] = Future()

    def work() -> None:
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 - backends are foreign plug-ins and raise anything
            answer.set_exception(error)

    # A daemon: one that hangs in D-Bus must not keep the program from ending.
    threading.Thread(target=work, name="keyring", daemon=True).start()
    error: BaseException | None
    try:
        error = answer.exception(timeout)
    except TimeoutError as late:
        error = late
    if error is None:
        return answer.result()
    _log.info("the keyring can't be used: %s: %s", type(error).__name__, error)
    return otherwise
