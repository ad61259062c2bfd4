"""A disk with a cache that a power cut empties: one file in a file system of its own (FUSE).

`volatile_disk.py IMAGE FOLDER` mounts FOLDER with the one file `disk`, which begins as a copy of
IMAGE. What was written since the last flush may be lost, or come through, block by block and in
any mixture: `cut PATH SEED` on standard input writes such a disk to PATH, while the real one goes
on. Speaks the kernel's protocol itself; needs root.
"""

import ctypes
import os
import random
import select
import struct
import sys
from collections.abc import Callable
from pathlib import Path

BLOCK = 4096
MOST_WRITE = 128 * 1024
ROOT, DISK = 1, 2
HEADER = struct.Struct("<IIQQIIII")
ANSWER = struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<QQQQQQIIIIIIIIII")
DESTROY = 38
UNANSWERED = frozenset({2, 36, 42})  # forget, interrupt, forget many
ENOENT, ENOSYS = 2, 38
FOREVER = 3600  # seconds


class Disk:
    """What is safe, and what only the cache holds."""

    def __init__(self, content: bytes) -> None:
        self.now = bytearray(content)
        self._safe = bytearray(content)
        self._cache: list[int] = []
        self._blocks: dict[int, list[bytes]] = {}

    def write(self, offset: int, data: bytes) -> None:
        self.now[offset : offset + len(data)] = data
        first, last = offset // BLOCK, (offset + len(data) - 1) // BLOCK
        for number in range(first, last + 1):
            start = number * BLOCK
            self._blocks.setdefault(number, []).append(bytes(self.now[start : start + BLOCK]))

    def flush(self) -> None:
        for number, versions in self._blocks.items():
            self._safe[number * BLOCK : (number + 1) * BLOCK] = versions[-1]
        self._blocks.clear()

    def cut(self, path: str, seed: str) -> int:
        """Write a disk after a power cut; return how many blocks were in doubt."""
        chance = random.Random(seed)
        share = chance.choice((0.0, 0.25, 0.5, 0.75, 1.0))
        left = bytearray(self._safe)
        for number, versions in self._blocks.items():
            if chance.random() < share:  # any version of a block may have got through
                left[number * BLOCK : (number + 1) * BLOCK] = chance.choice(versions)
        Path(path).write_bytes(left)
        return len(self._blocks)


Answer = Callable[[Disk, int, bytes], bytes | int]  # content, or a negative error number


def attributes(node: int, size: int) -> bytes:
    mode = 0o40700 if node == ROOT else 0o100600
    return ATTRIBUTES.pack(
        *(node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, BLOCK, 0)
    )


def lookup(disk: Disk, _node: int, body: bytes) -> bytes | int:
    if body.rstrip(b"\0") != b"disk":
        return -ENOENT
    entry = struct.pack("<QQQQII", DISK, 0, FOREVER, FOREVER, 0, 0)
    return entry + attributes(DISK, len(disk.now))


def status(disk: Disk, node: int, _body: bytes) -> bytes:
    return struct.pack("<QII", FOREVER, 0, 0) + attributes(node, len(disk.now))


def read(disk: Disk, _node: int, body: bytes) -> bytes:
    offset, length = struct.unpack_from("<QI", body, 8)
    return bytes(disk.now[offset : offset + length])


def write(disk: Disk, _node: int, body: bytes) -> bytes:
    offset, length = struct.unpack_from("<QI", body, 8)
    disk.write(offset, body[40 : 40 + length])
    return struct.pack("<II", length, 0)


def flush(disk: Disk, _node: int, _body: bytes) -> bytes:
    disk.flush()
    return b""


def begin(_disk: Disk, _node: int, _body: bytes) -> bytes:
    flags = 1 << 5 | 1 << 22  # big writes, as many pages as said below
    head = struct.pack("<IIIIHHIIHHI", 7, 31, 65536, flags, 16, 12, MOST_WRITE, 1, 32, 0, 0)
    return head + bytes(28)


def fixed(content: bytes) -> Answer:
    return lambda _disk, _node, _body: content


ANSWERS: dict[int, Answer] = {
    1: lookup,
    3: status,  # getattr
    4: status,  # setattr
    14: fixed(bytes(16)),  # open
    15: read,
    16: write,
    17: fixed(struct.pack("<QQQQQIIII", 0, 0, 0, 0, 0, BLOCK, 255, BLOCK, 0) + bytes(24)),  # statfs
    18: fixed(b""),  # release
    20: flush,  # fsync
    25: fixed(b""),  # "flush", which is close()
    26: begin,
    27: fixed(bytes(16)),  # opendir
    29: fixed(b""),  # releasedir
    DESTROY: fixed(b""),
}


def serve_one(fuse: int, disk: Disk) -> bool:
    """Answer one request; False once it is unmounted."""
    try:
        request = os.read(fuse, MOST_WRITE + 4096)
    except OSError:
        return False
    opcode: int
    _, opcode, unique, node, *_rest = HEADER.unpack_from(request)
    if opcode in UNANSWERED:
        return True
    act = ANSWERS.get(opcode)
    found = act(disk, node, request[HEADER.size :]) if act else -ENOSYS
    error, content = (found, b"") if isinstance(found, int) else (0, found)
    os.write(fuse, ANSWER.pack(ANSWER.size + len(content), error, unique) + content)
    return opcode != DESTROY


def mount(folder: str) -> int:
    fuse = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,max_read={MOST_WRITE}"
    if libc.mount(b"volatile", folder.encode(), b"fuse", 6, options.encode()):
        sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
    return fuse


def main(image: str, folder: str) -> None:
    disk = Disk(Path(image).read_bytes())
    fuse = mount(folder)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([fuse, sys.stdin], [], [])
        if fuse in ready and not serve_one(fuse, disk):
            return
        if sys.stdin in ready:
            line = sys.stdin.readline().split()
            if not line:
                return
            print(disk.cut(line[1], line[2]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
