"""The sequences of kitty's graphics, with pictures that stand in the text.

A picture is sent once, then shown by cells of text that name it: by the foreground's number in the
palette (it survives 256 colours, where a true colour would not), and by marks for line and column.
So Textual repaints, crops and covers it like any other text, without sending it again.
"""

import base64
from collections.abc import Iterator
from itertools import chain

from tui.core.picture import Drawing

MOST_CELLS = 297  # a side; there are no more marks
CELL = "\U0010eeee"
_CHUNK = 4096  # base64 characters of one sequence
_ESC = "\x1b"
_SAID = (
    "0305 030D 030E 0310 0312 033D-033F 0346 034A-034C 0350-0352 0357 035B 0363-036F "
    "0483-0487 0592-0595 0597-0599 059C-05A1 05A8-05A9 05AB-05AC 05AF 05C4 0610-0617 "
    "0657-065B 065D-065E 06D6-06DC 06DF-06E2 06E4 06E7-06E8 06EB-06EC 0730 0732-0733 "
    "0735-0736 073A 073D 073F-0741 0743 0745 0747 0749-074A 07EB-07F1 07F3 0816-0819 "
    "081B-0823 0825-0827 0829-082D 0951 0953-0954 0F82-0F83 0F86-0F87 135D-135F 17DD 193A "
    "1A17 1A75-1A7C 1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC "
    "1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC 20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF "
    "A66F A67C-A67D A6F0-A6F1 A8E0-A8F1 AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1 FE20-FE26 "
    "10A0F 10A38 1D185-1D189 1D1AA-1D1AD 1D242-1D244"
)


def _read(said: str) -> Iterator[str]:
    for first, _, last in (one.partition("-") for one in said.split()):
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


_MARKS = "".join(_read(_SAID))  # the protocol's own: the n-th stands for the number n


def cells(number: int, line: int, columns: int) -> str:
    """Return one line of a picture's cells, to be written in the colour of its number.

    Each names its place in full, so that any part of a line can be written alone.
    """
    high = _MARKS[number >> 24] if number >> 24 else ""
    return "".join(f"{CELL}{_MARKS[line]}{_MARKS[column]}{high}" for column in range(columns))


def send(number: int, drawing: Drawing, columns: int, lines: int, *, in_tmux: bool) -> str:
    """Return what puts a picture, of so many cells, into the place of the one of that number."""
    data = base64.standard_b64encode(drawing.data).decode()
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    first = f"a=T,U=1,f=100,i={number},c={columns},r={lines},q=2,"
    last = len(chunks) - 1
    parts = (
        f"{_ESC}_G{'' if at else first}m={int(at < last)};{chunk}{_ESC}\\"
        for at, chunk in enumerate(chunks)
    )
    return "".join(_wrapped(one, in_tmux=in_tmux) for one in chain([_deletion(number)], parts))


def delete(number: int, *, in_tmux: bool) -> str:
    """Return what makes the terminal forget a picture."""
    return _wrapped(_deletion(number), in_tmux=in_tmux)


def _deletion(number: int) -> str:
    # d=I with i=: the picture and its bytes. The default leaves them in the terminal's memory.
    return f"{_ESC}_Ga=d,d=I,i={number},q=2{_ESC}\\"


def _wrapped(sequence: str, *, in_tmux: bool) -> str:
    if not in_tmux:
        return sequence
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC + _ESC)}{_ESC}\\"
