"""The simulated images: a calm abstract scene, the request's words, a mark of honesty."""

import colorsys
import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

from tui.demo.chance import between, choose
from tui.demo.lettering import Ink, Lettering
from tui.demo.picture import MARK, Picture

_SKETCH = 720  # longest side at which shapes are painted before they are enlarged
_LEAST_SIDE = 64  # below this no word is readable
_WHITE, _GREY, _DARK = (255, 255, 255), (214, 219, 228), (12, 14, 24)


def paint(picture: Picture) -> bytes:
    """Return the image file: always the same for the same picture."""
    image = _scene(picture)
    if min(picture.size.width, picture.size.height) >= _LEAST_SIDE:
        _caption(image, picture)
    return encode(image, picture.format, picture.quality)


def encode(image: Image.Image, kind: str, quality: int = 90) -> bytes:
    """Return an image as a file of that format."""
    out = io.BytesIO()
    match kind:
        case "PNG":
            image.save(out, kind, compress_level=1)
        case "WEBP":
            image.save(out, kind, quality=quality, method=0)
        case _:
            image.convert("RGB").save(out, kind, quality=max(1, quality))
    return out.getvalue()


def _scene(picture: Picture) -> Image.Image:
    width, height = picture.size.width, picture.size.height
    scale = min(1.0, _SKETCH / max(width, height))
    small = (max(2, round(width * scale)), max(2, round(height * scale)))
    sky = _sky(picture.seed).resize(small, Image.Resampling.BICUBIC)
    _hills(sky, picture.seed)
    _bubbles(sky, picture.seed)
    image = _enlarged(sky, width, height)
    if picture.transparent:
        image.putalpha(_enlarged(_disc(small), width, height))
    return image


def _enlarged(sketch: Image.Image, width: int, height: int) -> Image.Image:
    # Halved first: that smooths the edges, which Pillow draws without half tones.
    return sketch.reduce(2).resize((width, height), Image.Resampling.BILINEAR)


def _sky(seed: str) -> Image.Image:
    hue = between(0, 1, seed, "hue")
    turn = choose((-0.12, 0.1, 0.16, 0.45), seed, "turn")
    sky = Image.new("RGB", (4, 4))
    for x in range(4):
        for y in range(4):
            mixed = hue + turn * (x + y) / 6 + between(-0.03, 0.03, seed, x, y)
            light = 0.78 - 0.1 * y + between(-0.05, 0.05, seed, "light", x, y)
            sky.putpixel((x, y), _ink(mixed, light, 0.62))
    return sky


def _hills(sky: Image.Image, seed: str) -> None:
    draw = ImageDraw.Draw(sky, "RGBA")
    width, height = sky.size
    hue = between(0, 1, seed, "hue") + 0.06
    for hill in range(4):
        top = height * (0.42 + 0.13 * hill)
        across = width * between(0.7, 1.3, seed, hill, "across")
        middle = width * between(0, 1, seed, hill, "middle")
        box = (middle - across, top, middle + across, top + height * 1.6)
        draw.ellipse(box, fill=(*_ink(hue + 0.03 * hill, 0.52 - 0.09 * hill, 0.5), 190))


def _bubbles(sky: Image.Image, seed: str) -> None:
    draw = ImageDraw.Draw(sky, "RGBA")
    width, height = sky.size
    for bubble in range(9):
        radius = min(width, height) * between(0.02, 0.14, seed, bubble, "radius")
        x = width * between(0, 1, seed, bubble, "x")
        y = height * between(0, 0.55, seed, bubble, "y")
        hue, clear = between(0, 1, seed, bubble), int(between(50, 130, seed, bubble, "clear"))
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, fill=(*_ink(hue, 0.85, 0.8), clear))


def _disc(size: tuple[int, int]) -> Image.Image:
    """Make the alpha of a transparent image: a disc, clear at the four corners."""
    width, height = size
    alpha = Image.new("L", size, 0)
    edge = min(width, height) * 0.03
    ImageDraw.Draw(alpha).ellipse((edge, edge, width - edge, height - edge), fill=255)
    return alpha


def _caption(image: Image.Image, picture: Picture) -> None:
    width, height = image.size
    short = min(width, height)
    large, small = Lettering(max(9, short // 27)), Lettering(max(7, short // 42))
    margin = short // 24
    room = width - 4 * margin
    facts = [line for text in (*picture.facts, MARK) for line in small.wrap(text, room, 2)]
    left = height * 0.7 - 3 * margin - len(facts) * small.leading
    prompt = large.wrap(picture.prompt, room, max(0, int(left / large.leading)))
    tall = len(prompt) * large.leading + len(facts) * small.leading + 2 * margin
    top = height - margin - tall
    panel = (margin, top, width - margin, height - margin)
    draw = ImageDraw.Draw(image, "RGBA") if image.mode == "RGB" else ImageDraw.Draw(image)
    draw.rounded_rectangle(panel, radius=margin // 2, fill=(*_DARK, 170))
    lines = [(large, _WHITE, line) for line in prompt] + [(small, _GREY, line) for line in facts]
    _write(draw, 2 * margin, top + 0.8 * margin, lines)


def _write(
    draw: ImageDraw.ImageDraw, x: float, y: float, lines: Iterable[tuple[Lettering, Ink, str]]
) -> None:
    for lettering, ink, line in lines:
        lettering.draw(draw, x, y, line, ink)
        y += lettering.leading


def _ink(hue: float, light: float, strong: float) -> Ink:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, min(0.95, max(0.05, light)), strong)
    return round(red * 255), round(green * 255), round(blue * 255)
