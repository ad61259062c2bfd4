"""What is typed before the app can draw: shown at once, and kept for it."""

import _thread
import codecs
import os
import select

_PLACE = "\x1b[5;3H"  # below the first frame's sentence
_REST, _CURSOR = "\x1b[J", "\x1b[?25h"
_MOST_READ = 1024  # bytes
_MOST_KEPT = 32 * 1024  # bytes, half of what a pipe holds; more stays in the terminal
_MOST_SHOWN, _MOST_LINES = 400, 5  # characters, lines
_PATIENCE = 0.1  # seconds until the thread has ended, unless nobody reads the terminal


class Typed:
    """The text that keys come to, as far as that can be said without an app."""

    def __init__(self) -> None:
        self.text = ""
        self._begun = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def take(self, data: bytes) -> None:
        """Take what the terminal sent: letters, keys, answers to questions."""
        for one in self._decode(data):
            if self._begun:
                self._begun += one
                if _is_whole(self._begun):
                    self._begun = ""
            elif one == "\x1b":
                self._begun = one
            elif one in "\x7f\b":
                self.text = self.text[:-1]
            elif one in "\r\n":
                self.text += "\n"
            elif one.isprintable():
                self.text += one


class Echo:
    """Reads the terminal in a thread, while the main one imports, and shows what is typed.

    Whoever wants what was typed reads it from `kept`, to its end after `stop`.
    """

    def __init__(self, keys: int, screen: int) -> None:
        self._keys, self._screen = keys, screen
        self.kept, self._keep = os.pipe()
        self._woken, self._wake = os.pipe()
        self._is_running = _thread.allocate_lock()
        self._is_running.acquire()
        _thread.start_new_thread(self._run, ())  # the module threading takes longer to import

    def stop(self) -> None:
        """Leave the keys to somebody else; once only."""
        os.close(self._wake)
        self._is_running.acquire(timeout=_PATIENCE)

    def _run(self) -> None:
        typed, size = Typed(), 0
        try:
            while size < _MOST_KEPT:
                if self._woken in select.select([self._keys, self._woken], [], [])[0]:
                    break
                data = os.read(self._keys, _MOST_READ)
                if not data:
                    break
                size += os.write(self._keep, data)
                before = typed.text
                typed.take(data)
                if typed.text != before:
                    os.write(self._screen, _shown(typed.text))
        except OSError:  # the terminal is gone, as the app will see itself
            return
        finally:
            os.close(self._keep)
            os.close(self._woken)
            self._is_running.release()


def _is_whole(sequence: str) -> bool:
    match sequence[1]:
        case "[":
            return len(sequence) > 2 and "@" <= sequence[-1] <= "~"
        case "O":
            return len(sequence) > 2
        case "P" | "X" | "]" | "^" | "_":
            return sequence.endswith(("\x07", "\x1b\\"))
        case _:  # alt with another key
            return True


def _shown(text: str) -> bytes:
    lines = text[-_MOST_SHOWN:].split("\n")[-_MOST_LINES:]
    return (_PLACE + "\r\n  ".join(lines) + _REST + _CURSOR).encode()
