"""Pictures in the form that terminals take, made in the decoder's child process.

Palettes of 64 colours: a photo takes a fifth of the bytes of its pixels, and at the size of a
preview hardly looks different. Where even that is too much there are fewer colours and pixels.
"""

import io
import re
from collections.abc import Iterator, Sequence

from PIL import Image

# Of its size and colours. kitty enlarges what is too small, sixels stay as small as they are.
_STEPS = {
    "kitty": ((1.0, 64), (1.0, 32), (0.8, 32), (0.8, 16), (0.6, 16), (0.45, 8), (0.3, 4)),
    "sixel": ((1.0, 64), (1.0, 32), (1.0, 16), (1.0, 8), (0.7, 8), (0.4, 8), (0.2, 8)),
}
_BAND = 6  # pixels that one sixel is high
_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)


def encode(
    image: Image.Image, graphics: str, ground: Sequence[int], most: int
) -> tuple[Image.Image, bytes]:
    """Return an image, laid over a ground, as PNG or sixel of at most that many bytes.

    The image comes back as it was drawn, which may be with fewer pixels.
    """
    whole = _laid_over(image, ground)
    write = _png if graphics == "kitty" else _sixel
    for scale, colours in _STEPS[graphics]:
        size = (max(1, int(whole.width * scale)), max(1, int(whole.height * scale)))
        small = whole if size == whole.size else whole.resize(size)
        drawn = small.quantize(colours, dither=Image.Dither.NONE)
        data = write(drawn)
        if len(data) <= most:
            break
    return drawn, data


def _laid_over(image: Image.Image, ground: Sequence[int]) -> Image.Image:
    if "A" not in image.getbands():
        return image.convert("RGB")
    behind = Image.new("RGBA", image.size, (*ground[:3], 255))
    return Image.alpha_composite(behind, image.convert("RGBA")).convert("RGB")


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _sixel(image: Image.Image) -> bytes:
    palette = image.getpalette() or []
    parts = [b'\x1bP0;1;0q"1;1;%d;%d' % image.size]
    for colour in range(len(palette) // 3):
        percent = [round(one / 2.55) for one in palette[3 * colour : 3 * colour + 3]]
        parts.append(b"#%d;2;%d;%d;%d" % (colour, *percent))
    data, width = image.tobytes(), image.width
    for top in range(0, image.height, _BAND):
        bottom = min(top + _BAND, image.height)
        rows = [data[y * width : (y + 1) * width] for y in range(top, bottom)]
        parts += [b"$".join(_band(rows)), b"-"]
    return b"".join([*parts[:-1], b"\x1b\\"])


def _band(rows: Sequence[bytes]) -> Iterator[bytes]:
    """Yield six rows of pixels, a colour at a time: whole rows at once, as long numbers."""
    for colour in sorted(set(b"".join(rows))):
        bits = 0
        for at, row in enumerate(rows):
            if colour in row:
                table = bytes(colour) + bytes([1 << at]) + bytes(255 - colour)
                bits |= int.from_bytes(row.translate(table), "big")
        line = bits.to_bytes(len(rows[0]), "big").rstrip(b"\0").translate(_SIGNS)
        yield b"#%d" % colour + _RUN.sub(_shortened, line)


_SIGNS = bytes(63 + one if one < 64 else 63 for one in range(256))


def _shortened(run: re.Match[bytes]) -> bytes:
    return b"!%d%b" % (len(run[0]), run[1])
