"""The contact sheet: one HTML page that needs nothing but the images beside it."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from urllib.parse import quote

from tui.core.grid import Axis, Grid, grid_of
from tui.core.language import _, plural
from tui.core.text import clean
from tui.services.export.items import Item

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
.grid { overflow-x: auto; } table { border-spacing: .5rem; } [hidden] { display: none !important; }
thead th { text-align: left; } tbody th { text-align: right; overflow-wrap: anywhere;
  max-width: 10rem; position: sticky; left: 0; background: Canvas; padding-right: .5rem; }
tbody th, td { vertical-align: top; } td { min-width: 13rem; max-width: 22rem; }
td.none { opacity: .5; text-align: center; vertical-align: middle; }
figure { margin: 0; } td figure + figure { margin-top: .5rem; }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; background: #8882;
  border-radius: .4rem; cursor: zoom-in; }
figcaption { overflow-wrap: anywhere; font-size: .87rem; }
figcaption p { margin: .3rem 0; white-space: pre-wrap; max-height: 8.4em; overflow-y: auto; }
figcaption dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem;
  opacity: .75; } dd { margin: 0; }
dialog { border: 0; padding: 0; max-width: 100vw; max-height: 100vh; width: 100vw; height: 100vh;
  background: #000e; color: #fff; } dialog[open] { display: flex; flex-direction: column; }
dialog img { flex: 1; min-height: 0; object-fit: contain; cursor: zoom-out; }
dialog div { max-height: 30vh; overflow-y: auto; padding: .5rem 1rem; overflow-wrap: anywhere; }
dialog p { margin: 0 0 .3rem; white-space: pre-wrap; } dialog dl { margin: 0; display: flex;
  flex-wrap: wrap; gap: 0 1.2rem; font-size: .87rem; } dialog dt { opacity: .7; }
dialog dd { margin: 0 0 0 -.8rem; }
"""
_SCRIPT = """
const figures = [...document.querySelectorAll("figure")];
const box = document.querySelector("dialog");
const [picture, words] = [box.querySelector("img"), box.querySelector("div")];
let at = 0;
const shown = () => figures.filter((one) => !one.hidden);
function look(index) {
  const all = shown();
  at = (index + all.length) % all.length;
  const one = all[at];
  picture.src = one.querySelector("img").src;
  picture.alt = one.querySelector("img").alt;
  words.replaceChildren(...[...one.querySelector("figcaption").children].map((part) =>
    part.cloneNode(true)));
  if (!box.open) box.showModal();
}
for (const one of figures) {
  const image = one.querySelector("img");
  image.addEventListener("click", () => look(shown().indexOf(one)));
  image.addEventListener("keydown", (event) => {
    if (event.key === "Enter") look(shown().indexOf(one));
  });
}
picture.addEventListener("click", () => box.close());
document.addEventListener("keydown", (event) => {
  if (!box.open) return;
  if (event.key === "ArrowRight") look(at + 1);
  if (event.key === "ArrowLeft") look(at - 1);
});
// What the filter leaves empty goes: rows and columns of grids, then whole ones.
function tidy() {
  const empty = (part) => !part.querySelector("figure:not([hidden])");
  for (const table of document.querySelectorAll("table")) {
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) row.hidden = empty(row);
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const cells = rows.map((row) => row.cells[column]);
      const gone = column > 0 && cells.every(empty);
      for (const cell of [head, ...cells]) cell.hidden = gone;
    });
  }
  for (const section of document.querySelectorAll("section")) section.hidden = empty(section);
}
for (const button of document.querySelectorAll("button[data-model]"))
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("button[data-model]"))
      other.setAttribute("aria-pressed", String(other === button));
    for (const one of figures)
      one.hidden = button.dataset.model !== "" && one.dataset.model !== button.dataset.model;
    tidy();
  });
"""


def sheet(items: Sequence[Item], folder: str) -> Iterator[str]:
    """Make the page; images lie in `folder` beside it. Comparisons come as grids, first."""
    models = list(dict.fromkeys(item.job.request.model for item in items))
    images = plural("{number:,} image", "{number:,} images", len(items))
    language = _("en")
    yield f"<!doctype html>\n<html lang={language}>\n<meta charset=utf-8>\n"
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
    yield '<meta name=viewport content="width=device-width">\n<title>imagedeck</title>\n'
    yield f"<style>{_STYLE}</style>\n<header><h1>{images}</h1>\n"
    for model in ["", *models] if len(models) > 1 else []:
        pressed = "false" if model else "true"
        name = _text(model or _("all models"))
        yield f'<button data-model="{_text(model)}" aria-pressed="{pressed}">{name}</button>\n'
    yield "</header>\n"
    grids, rest = _divided(items)
    for grid, own in grids:
        yield from _grid(grid, own, folder)
    yield "<div class=sheet>\n"
    yield from (_figure(item, folder) for item in rest)
    yield "</div>\n<dialog><img alt=''><div></div></dialog>\n"
    yield f"<script>{_SCRIPT}</script>\n"


def _divided(items: Sequence[Item]) -> tuple[list[tuple[Grid, Sequence[Item]]], list[Item]]:
    """Part what belongs to grids, each with its images, from the rest."""
    groups: dict[str | None, list[Item]] = {}
    for item in items:
        groups.setdefault(item.job.group, []).append(item)
    grids: dict[str, tuple[Grid, Sequence[Item]]] = {}
    for name, own in groups.items():
        jobs = {item.job.id: item.job for item in own}
        grid = grid_of(jobs.values()) if name and len(jobs) > 1 else None
        if name and grid:
            grids[name] = grid, own
    placed = {job.id for grid, _ in grids.values() for cell in grid.cells.values() for job in cell}
    return list(grids.values()), [item for item in items if item.job.id not in placed]


def _grid(grid: Grid, items: Sequence[Item], folder: str) -> Iterator[str]:
    """Make a table of a comparison: the rows' and columns' values, the images of each cell."""
    prompts = dict.fromkeys(item.job.prompt for item in items)
    more = _(" and {count:,} more", count=len(prompts) - 1) if len(prompts) > 1 else ""
    images: dict[str, list[Item]] = {}
    for item in items:
        images.setdefault(item.job.id, []).append(item)
    yield f"<section class=grid><h2>{_text(next(iter(prompts))[:200])}{more}</h2>\n<table>"
    heads = (f"<th scope=col>{_value(grid.columns, value)}</th>" for value in grid.columns.values)
    yield f"<thead><tr><th></th>{''.join(heads)}</tr></thead>\n<tbody>\n"
    for row, value in enumerate(grid.rows.values):
        yield f"<tr><th scope=row>{_value(grid.rows, value)}</th>\n"
        for column in range(len(grid.columns.values)):
            jobs = grid.cells.get((row, column), ())
            cell = [_figure(item, folder) for job in jobs for item in images[job.id]]
            yield f"<td>{''.join(cell)}</td>\n" if cell else "<td class=none>–</td>\n"
        yield "</tr>\n"
    yield "</tbody></table></section>\n"


def _value(axis: Axis, value: str) -> str:
    return _text(value if axis.name in {"", "model"} else f"{axis.name} {value}")


def _figure(item: Item, folder: str) -> str:
    job, saved = item.job, item.saved
    source = f"{folder}/{quote(item.name, errors='surrogateescape')}"
    facts = {
        _("model"): job.request.model,
        **item.parameters,
        _("image"): f"{saved.width} × {saved.height} {saved.format}",
        _("job"): job.short_id,
    }
    listed = "".join(
        f"<dt>{_text(name)}</dt><dd>{_text(fact)}</dd>" for name, fact in facts.items()
    )
    return (
        f'<figure data-model="{_text(job.request.model)}"><img loading=lazy tabindex=0 '
        f'src="{_text(source)}" alt="{_text(job.prompt[:200])}">'
        f"<figcaption><p>{_text(job.prompt)}</p><dl>{listed}</dl></figcaption></figure>\n"
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
