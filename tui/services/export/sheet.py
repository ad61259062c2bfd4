"""The contact sheet: one HTML page that needs nothing but the images beside it."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from tui.core.text import clean
from tui.services.export.items import Item

_COMPARISON = "compare-"
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 110rem; padding: 1rem 1.5rem 4rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; }
h1 { font-size: 1.4rem; margin: 0 auto 0 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
button { font: inherit; padding: .2rem .7rem; border: 1px solid #8888; border-radius: 1rem;
  background: none; color: inherit; cursor: pointer; }
button[aria-pressed="true"] { background: #2563eb; border-color: #2563eb; color: #fff; }
.sheet { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  margin-top: 1rem; }
.grid { overflow-x: auto; } .grid .row { display: grid; gap: 1rem; grid-auto-flow: column;
  grid-auto-columns: minmax(15rem, 22rem); justify-content: start; }
figure { margin: 0; } figure[hidden] { display: none; }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; background: #8882;
  border-radius: .4rem; cursor: zoom-in; }
figcaption { overflow-wrap: anywhere; font-size: .87rem; }
figcaption p { margin: .3rem 0; white-space: pre-wrap; max-height: 8.4em; overflow-y: auto; }
figcaption dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem;
  opacity: .75; } dd { margin: 0; }
dialog { border: 0; padding: 0; max-width: 100vw; max-height: 100vh; width: 100vw; height: 100vh;
  background: #000d; color: #fff; } dialog img { width: 100%; height: calc(100% - 4rem);
  object-fit: contain; } dialog p { margin: .5rem 1rem; overflow-wrap: anywhere; }
"""
_SCRIPT = """
const figures = [...document.querySelectorAll("figure")];
const box = document.querySelector("dialog");
const [picture, words] = [box.querySelector("img"), box.querySelector("p")];
let at = 0;
const shown = () => figures.filter((one) => !one.hidden);
function look(index) {
  const all = shown();
  at = (index + all.length) % all.length;
  picture.src = all[at].querySelector("img").src;
  words.textContent = all[at].querySelector("p").textContent;
  if (!box.open) box.showModal();
}
for (const one of figures)
  one.querySelector("img").addEventListener("click", () => look(shown().indexOf(one)));
box.addEventListener("click", () => box.close());
document.addEventListener("keydown", (event) => {
  if (!box.open) return;
  if (event.key === "ArrowRight") look(at + 1);
  if (event.key === "ArrowLeft") look(at - 1);
});
for (const button of document.querySelectorAll("button[data-model]"))
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("button[data-model]"))
      other.setAttribute("aria-pressed", String(other === button));
    for (const one of figures)
      one.hidden = button.dataset.model !== "" && one.dataset.model !== button.dataset.model;
  });
"""


def sheet(items: Sequence[Item], folder: str) -> Iterator[str]:
    """Make the page; images lie in `folder` beside it. Comparisons come as grids, first."""
    models = list(dict.fromkeys(item.job.request.model for item in items))
    images = f"{len(items):,} image{'' if len(items) == 1 else 's'}"
    yield "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
    yield '<meta name=viewport content="width=device-width">\n<title>imagedeck</title>\n'
    yield f"<style>{_STYLE}</style>\n<header><h1>{images}</h1>\n"
    for model in ["", *models] if len(models) > 1 else []:
        pressed = "false" if model else "true"
        name = _text(model or "all models")
        yield f'<button data-model="{_text(model)}" aria-pressed="{pressed}">{name}</button>\n'
    yield "</header>\n"
    compared = [item for item in items if (item.job.group or "").startswith(_COMPARISON)]
    for _, group in groupby(compared, key=lambda item: item.job.group):
        yield from _grid(list(group), folder)
    rest = [item for item in items if not (item.job.group or "").startswith(_COMPARISON)]
    yield "<div class=sheet>\n"
    yield from (_figure(item, folder) for item in rest)
    yield "</div>\n<dialog><img alt=''><p></p></dialog>\n"
    yield f"<script>{_SCRIPT}</script>\n"


def _grid(items: Sequence[Item], folder: str) -> Iterator[str]:
    """Make a grid of a comparison: a column for each model."""
    yield f"<section class=grid><h2>{_text(items[0].job.prompt[:200])}</h2><div class=row>\n"
    by_model: dict[str, list[Item]] = {}
    for item in items:
        by_model.setdefault(item.job.request.model, []).append(item)
    for column in by_model.values():
        yield "<div>\n"
        yield from (_figure(item, folder) for item in column)
        yield "</div>\n"
    yield "</div></section>\n"


def _figure(item: Item, folder: str) -> str:
    job, saved = item.job, item.saved
    source = f"{folder}/{quote(item.name, errors='surrogateescape')}"
    facts = {
        "model": job.request.model,
        **item.parameters,
        "image": f"{saved.width} × {saved.height} {saved.format}",
        "job": job.short_id,
    }
    listed = "".join(
        f"<dt>{_text(name)}</dt><dd>{_text(fact)}</dd>" for name, fact in facts.items()
    )
    return (
        f'<figure data-model="{_text(job.request.model)}"><img loading=lazy src="{_text(source)}" '
        f'alt="{_text(job.prompt[:200])}"><figcaption><p>{_text(job.prompt)}</p>'
        f"<dl>{listed}</dl></figcaption></figure>\n"
    )


def _text(text: str) -> str:
    """Return foreign text as what it is: never markup, nothing that turns the line around."""
    return escape(clean(text, lines=True), quote=True)


def _policy() -> str:
    """Let the page do only what it was written to do, whatever a prompt might smuggle in."""
    script, style = (_hash(part) for part in (_SCRIPT, _STYLE))
    images = "img-src 'self' file:"
    return f"default-src 'none'; {images}; style-src '{style}'; script-src '{script}'"


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"


def joined(parts: Iterable[str]) -> bytes:
    """Return a page as bytes."""
    return "".join(parts).encode("utf-8", "backslashreplace")
