"""Every screen and state as a picture in text, at three sizes, and its colours in three themes.

A new screen needs one line in `STATES`: how one gets there from the main screen as it starts.
`GOLDEN=write` writes tests/golden/screens/ anew, for a reviewer to read.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from rich.segment import Segment
from textual.command import SearchIcon
from textual.errors import NoWidget

from tui.app.screens.batch import BatchScreen, Choices, Found
from tui.app.screens.columns import ColumnsScreen
from tui.app.screens.compare import CompareScreen
from tui.app.screens.confirm import UnsentScreen
from tui.app.screens.copy import CopyScreen
from tui.app.screens.files import FilesScreen
from tui.app.screens.gallery import GalleryScreen
from tui.app.screens.grid import GridScreen
from tui.app.screens.key import KeyScreen
from tui.app.screens.line import LineScreen, PathScreen
from tui.app.screens.look import LookScreen
from tui.app.screens.matrix import Asked, MatrixScreen, Told
from tui.app.screens.presets import PresetsScreen
from tui.app.screens.profiles import Offer, ProfilesScreen
from tui.app.screens.prompts import PromptsScreen
from tui.app.screens.remix import RemixScreen
from tui.app.screens.resolve import ResolveScreen
from tui.app.screens.snippets import SnippetsScreen
from tui.app.screens.statistics import StatisticsScreen
from tui.app.screens.vote import VoteScreen
from tui.app.widgets.jobs.columns import STANDARD
from tui.app.widgets.preview.picture_view import PictureView
from tui.core.difference import Difference
from tui.core.expand import parse
from tui.core.fault import Fault
from tui.core.grid import Cell
from tui.core.job import ErrorKind, JobError, State
from tui.core.price import Price
from tui.core.request import Reference
from tui.core.stats import Entry
from tui.services.candidates import Candidate
from tui.services.folders import Entry as FileEntry
from tui.services.folders import Folder
from tui.services.many import ManyRequests, plan_many
from tui.services.matrix import Wanted, matrix_of
from tui.services.plan import lines_of
from tui.services.settings import Preset
from tui.services.shell_lines import Form

Golden = Callable[[str, str], None]
OnStage = Callable[..., Any]

THEMES = {"textual-dark": 4.5, "textual-light": 4.5, "high-contrast": 7.0}  # WCAG's AA and AAA
SIZES = ((80, 24), (120, 40), (200, 60))
SIGNS = range(0x2500, 0x25A0)  # frames, bars, blocks
PROMPT = "a lighthouse at dusk, 灯塔, its light on wet rocks"
PROMPTS = ["a lighthouse made of glass", "月光下的灯塔，水彩", "a paper boat on a puddle"]
PRESETS = {
    "poster": Preset(model="gpt-image-2", values={"quality": "high", "size": "1024x1536"}),
    "wide": Preset(model="gemini-3-pro-image", values={"aspect_ratio": "21:9"}),
}
SNIPPETS = {
    "watercolor": "loose watercolor, soft light",
    "poster": "{prompt}, as a vintage travel poster",
    "夜景": "夜晚，霓虹灯，雨后的街道",
}
PATTERN = "a {red|blue} boat in {{place}}"
OFFERS = [
    Offer(
        "default", "https://tokenhub.piegateway.me", "/home/ann/Pictures/imagedeck", "key in a file"
    ),
    Offer(
        "work", "https://gateway.example", "/home/ann/work/images", "key from pass", is_used=True
    ),
    Offer("studio", "https://studio.example/images", "/srv/studio", "no key yet: it is asked for"),
]
COPIED = {
    Form.FILE: "/home/ann/Pictures/imagedeck/2027-01-15-a-lighthouse-made-of-glass-1.png",
    Form.PROMPT: PROMPTS[0],
    Form.TASK: "img_gen_00000000000f",
    Form.CURL: 'curl -sS https://gateway.example/v1/images -H "X-API-Key: $IMAGEDECK_API_KEY"',
    Form.COMMAND: "imagedeck generate gpt-image-2 'a lighthouse made of glass'",
}
CHANGES = [
    Difference("model", "gpt-image-2", "seedream-5.0-lite"),
    Difference("prompt", PROMPT, "月光下的灯塔，水彩"),
    Difference("quality", "high", ""),
    Difference("references", "", "harbour.png, sky.jpg"),
]
UNSENT = (
    "They were left when the app was closed, or submissions paused. Estimated price of sending "
    "them now: ≈ $0.106. Otherwise they stay in the table, unsent."
)


async def found(words: str) -> list[str]:
    return [one for one in PROMPTS if words in one]


def entries() -> list[Entry]:
    models = ("gpt-image-2", "seedream-5.0-lite", "gemini-3-pro-image")
    made = []
    for at in range(90):
        day = f"2027-01-{15 - at % 15:02d}"
        state = (State.SAVED, State.SAVED, State.FAILED, State.SAVED, State.UNKNOWN)[at % 5]
        price = None if at % 31 == 0 else Decimal("0.053") * (1 + at % 4)
        made.append(Entry((day, models[at % 3]), state, price, 20.0 + at % 50, was_accepted=True))
    return made


async def checked(path: str, choices: Choices) -> Found:
    if path.endswith("wrong"):
        return Found(problem="wrong can't be read: No such file or directory")
    told = (
        "rows      4, 1 wrong",
        "model     GPT-Image-2 where a row names none",
        "such as   a red boat",
        "requests  3, 3 images",
        "time      about 50s, if the gateway works on all side by side",
        "price     ≈ $0.255 in all (an estimate as of 2026-11)",
    )
    faults = ["line 3: quality: 'hihg': must be one of low, medium, high (nearest: high)"]
    if choices.skip_invalid:
        return Found(told, faults, "", "send 3")
    return Found(told, faults, "Nothing is sent while a row is wrong; s leaves those out.")


async def empty(_player: Any) -> None:
    """Change nothing."""


async def working(player: Any) -> None:
    await player.fill()
    await player.model(4, quality="high", n="2")
    await player.write(PROMPT)


async def in_jobs(player: Any) -> None:
    await working(player)
    await player.focus("#jobs")


async def saved(player: Any) -> None:
    await in_jobs(player)
    await player.go_to("a poster that says LIGHTHOUSE")


async def failed(player: Any) -> None:
    await in_jobs(player)
    await player.go_to("a lighthouse in a storm")


async def faults(player: Any) -> None:
    await player.model(4, size="1000x1001", n="11", background="transparent", output_format="jpeg")
    await player.write(PROMPT)
    await player.focus("#value-size")


async def references(player: Any) -> None:
    form = player.main.form
    await player.write(PROMPT)
    for name in ("harbour.png", "clouds.png", "https://gateway.example/sky.jpg"):
        form.add_reference(name)
    good = Reference(
        name="harbour.png",
        sha256="a" * 64,
        media_type="image/png",
        bytes=3_213_456,
        width=3000,
        height=2000,
    )
    form.reference_result("harbour.png", good)
    fault = Fault("image", "clouds.png", "is no file here", nearest="cloud.png")
    form.reference_result("clouds.png", None, [fault])
    await player.settle()
    await player.focus("ReferenceItem")


async def look_at(path: str) -> Candidate:
    if path.endswith("big.bmp"):
        rule = "is 10.7 MB, at most 10 MB are taken"
        return Candidate(path=path, bytes=11_219_763, faults=(Fault("image", path, rule),))
    return Candidate(
        path=path, key="a" * 64, format="JPEG", bytes=3_213_456, width=3000, height=2000
    )


async def files(player: Any) -> None:
    where = "/home/ann/Pictures"
    names = ("big.bmp", "cloud.jpg", "harbour 2.jpg", "harbour 10.jpg", "灯塔.png")
    made = [
        FileEntry(name, f"{where}/{name}", bytes=3_213_456 * (at + 1), changed=1.79e9)
        for at, name in enumerate(names)
    ]
    lost = FileEntry("lost.png", f"{where}/lost.png", problem="a link that leads nowhere")
    folder = FileEntry("2026", f"{where}/2026", is_folder=True, changed=1.79e9)
    screen = FilesScreen(look_at, [], player.app.canvas, given=1, most=14)
    await player.show(screen)
    await player.until(lambda: screen.pane.folder.path)  # the first one, of this machine
    screen.pane.show(Folder(where, (folder, *made, lost), hidden=3))
    await player.press("down", "down", "space", "down", "space", "up")
    await player.settle()


async def too_large(player: Any) -> None:
    await files(player)
    await player.press("home", "down", "down")
    await player.settle()
    await player.press("space")
    await player.settle()


async def pattern(player: Any) -> None:
    await player.write(PATTERN)


async def expanded(player: Any) -> None:
    await player.write(PATTERN)
    await player.press("ctrl+t")
    await player.until(lambda: "2 prompts" in player.text)


async def matrix(player: Any) -> None:
    player.main.form.set_prompt(PATTERN)
    (request,) = player.main.form.spread(()).requests
    values = {"place": ["Oslo", "New York"]}
    many = ManyRequests(request, matrix_of(parse(PATTERN, list), Wanted(3, 7, values)))
    plan = plan_many(
        [many], price=lambda _one: Price(Decimal("0.035")), seconds=lambda _one: 25, submissions=8
    )
    lines = [*lines_of(plan), "budget    $4.20 left today"]

    async def tell(_asked: Asked) -> Told:
        return Told(lines, plan.requests, plan.price, (), [many])

    await player.show(MatrixScreen(["place"], Asked({"place": "Oslo | New York"}, "3", "7"), tell))
    await player.until(lambda: "Send 3 requests" in player.text)


async def matrix_fault(player: Any) -> None:
    rule = "needs a value: several are separated by |, @FILE reads them from a file"

    async def tell(_asked: Asked) -> Told:
        return Told(faults=[f"{{{{subject}}}}: {rule}", "sample: '0': must be at least 1"])

    await player.show(MatrixScreen(["subject", "place"], Asked({"place": "Oslo"}, "0", "7"), tell))
    await player.until(lambda: "must be at least 1" in player.text)


async def choices(player: Any) -> None:
    await player.model(4)
    await player.focus("#value-quality")
    await player.press("enter")
    await player.settle()


async def all_models(player: Any) -> None:
    await player.write(PROMPT)
    await player.focus("#picker")
    await player.press("down", "a")


async def long_prompt(player: Any) -> None:
    await player.write(f"{PROMPT}\x1b[31m\n" * 60)
    await player.settle()


async def filtered(player: Any) -> None:
    await in_jobs(player)
    await player.press("slash", *"boat")
    await player.settle()


async def misread(player: Any) -> None:
    await in_jobs(player)
    await player.press("slash", *"cost>much")
    await player.settle()


async def found_nothing(player: Any) -> None:
    await in_jobs(player)
    await player.press("slash", *"zebra")
    await player.settle()


async def sorted_and_marked(player: Any) -> None:
    await in_jobs(player)
    await player.press("s", "s", "s", "down", "down", "v", "down", "down")
    await player.settle()


async def grouped(player: Any) -> None:
    groups = {0: "gulls-0a1b", 1: "gulls-0a1b", 2: "gulls-0a1b", 14: "posters-77", 15: "posters-77"}
    jobs = [replace(job, group=groups.get(at)) for at, job in enumerate(player.jobs)]
    await player.fill(jobs)
    await player.focus("#jobs")
    await player.press("left")
    await player.settle()


async def ungrouped(player: Any) -> None:
    await grouped(player)
    await player.press("right")
    await player.settle()


async def other_preview(player: Any) -> None:
    await saved(player)
    await player.press("f3")
    await player.settle()


async def table_alone(player: Any) -> None:
    await in_jobs(player)
    await player.press("w")
    await player.settle()


async def paused(player: Any) -> None:
    await working(player)
    player.main.topline.tell(
        "https://gateway.example", "key refused, f4: another key (the gateway answered 401)"
    )
    await player.settle()


async def other_profile(player: Any) -> None:
    waits = JobError(ErrorKind.AUTH, "It waits for profile studio at https://studio.example")
    facts = {"state": State.PENDING, "error": waits, "task_id": "img_gen_00000000000f"}
    away = replace(player.jobs[0], **facts, profile="studio", gateway="https://studio.example")
    await player.fill([away, *player.jobs[1:]])
    await player.focus("#jobs")
    player.main.topline.tell("https://gateway.example", profile="work")
    await player.settle()


async def demo(player: Any) -> None:
    player.main.topline.tell("", is_demo=True)
    await player.settle()


async def notices(player: Any) -> None:
    await working(player)
    player.app.say("Saved as preset wide.", "information")
    player.app.say("They stay unsent: f4 asks again, x drops one for free.", "warning")
    player.app.say("Nothing was sent: the disk is full.", "error")
    await player.settle()


async def looking(player: Any) -> None:
    await saved(player)
    job = player.named("a poster that says LIGHTHOUSE")
    await player.show(LookScreen(job, player.app.estimates, player.app.canvas))


async def looking_enlarged(player: Any) -> None:
    await looking(player)
    await player.press("plus", "i")
    await player.settle()


async def looking_at_a_fault(player: Any) -> None:
    job = player.named("a lighthouse in a storm")
    await player.show(LookScreen(job, player.app.estimates, player.app.canvas))


async def compared(player: Any) -> None:
    jobs = [player.named(one) for one in ("half of them", "a poster that says LIGHTHOUSE")]
    jobs.append(player.named("月光下的灯塔，水彩"))
    await player.show(CompareScreen(jobs, player.app.estimates, player.app.canvas))
    await player.settle()


async def flipped(player: Any) -> None:
    await compared(player)
    await player.press("space")
    await player.settle()


async def voting(player: Any) -> None:
    jobs = [player.named("half of them"), player.named("a poster that says LIGHTHOUSE")]

    async def kept(best: object) -> bool:
        screen = player.app.screen
        words = ["won" if job.id == best else "lost" for job in jobs]
        screen.apply([replace(job, vote=word) for job, word in zip(jobs, words, strict=True)])
        return True

    await player.show(VoteScreen(jobs, player.app.estimates, player.app.canvas, kept))
    await player.settle()


async def voted(player: Any) -> None:
    await voting(player)
    await player.press("b")
    await player.settle()


async def grid(player: Any) -> None:
    names = ("half of them", "a lighthouse in a storm", "a poster that says LIGHTHOUSE")
    models, sizes = ("gpt", "seedream"), ("1K", "2K")
    cells = [
        Cell(("size", sizes[at // 2], at // 2), ("model", models[at % 2], at % 2))
        for at in range(3)
    ]
    jobs = [
        replace(player.named(name), group="boats-1", row=cell.key)
        for name, cell in zip(names, cells, strict=True)
    ]
    await player.show(GridScreen(jobs, player.app.estimates, player.app.canvas))
    await player.press("right")
    await player.settle()


async def gallery(player: Any) -> None:
    await player.show(GalleryScreen(player.jobs, player.app.estimates, player.app.canvas))
    await player.press("space", "right")
    await player.settle()


async def empty_gallery(player: Any) -> None:
    await player.show(GalleryScreen([], player.app.estimates, player.app.canvas))


async def helped(player: Any) -> None:
    await player.press("f1")
    await player.settle()


async def helped_in_jobs(player: Any) -> None:
    await in_jobs(player)
    await helped(player)


async def palette(player: Any) -> None:
    await player.press("ctrl+p")
    await player.settle()
    await player.pilot.pause(0.2)
    await player.settle()


async def unknown_resolved(player: Any) -> None:
    job = player.named("a lighthouse made of glass")
    await player.show(ResolveScreen(job, Price(Decimal("0.053"))))


async def wrong_task(player: Any) -> None:
    await unknown_resolved(player)
    await player.press(*"no id", "enter")
    await player.settle()


async def wrong_key(player: Any) -> None:
    await player.show(KeyScreen("https://gateway.example", leave="Back"))
    await player.press(*"a key", "enter")
    await player.settle()


def shows(make: Callable[[], Any], *keys: str) -> Callable[[Any], Awaitable[None]]:
    """Open a screen, and press some keys on it."""

    async def open_it(player: Any) -> None:
        await player.show(make())
        if keys:
            await player.press(*keys)
            await player.settle()

    return open_it


def in_press(*keys: str) -> Callable[[Any], Awaitable[None]]:
    """Press keys on the main screen."""

    async def press(player: Any) -> None:
        await player.press(*keys)
        await player.settle()

    return press


STATES: dict[str, Callable[[Any], Awaitable[None]]] = {
    "main-empty": empty,
    "main-working": working,
    "main-saved": saved,
    "main-failed": failed,
    "main-paused": paused,
    "main-other-profile": other_profile,
    "main-demo": demo,
    "main-notices": notices,
    "main-pattern": pattern,
    "main-expanded": expanded,
    "main-no-models": in_press("f2"),
    "main-preview-toggled": other_preview,
    "main-table-alone": table_alone,
    "form-faults": faults,
    "form-references": references,
    "form-choices": choices,
    "files": files,
    "files-too-large": too_large,
    "models-all": all_models,
    "prompt-long": long_prompt,
    "jobs-filtered": filtered,
    "jobs-misread": misread,
    "jobs-found-nothing": found_nothing,
    "jobs-sorted-marked": sorted_and_marked,
    "jobs-folded": grouped,
    "jobs-unfolded": ungrouped,
    "look": looking,
    "look-enlarged": looking_enlarged,
    "look-fault": looking_at_a_fault,
    "compare": compared,
    "compare-flipped": flipped,
    "vote": voting,
    "vote-named": voted,
    "grid": grid,
    "batch": shows(lambda: BatchScreen(checked, "boats.jsonl")),
    "batch-ready": shows(lambda: BatchScreen(checked, "boats.jsonl"), "s"),
    "batch-fault": shows(lambda: BatchScreen(checked, "wrong")),
    "line-path": shows(lambda: PathScreen("Export 2 images of 2 jobs to", "", "a folder")),
    "gallery": gallery,
    "gallery-empty": empty_gallery,
    "statistics": shows(lambda: StatisticsScreen(entries(), "2027-01-15")),
    "statistics-empty": shows(lambda: StatisticsScreen([], "2027-01-15")),
    "help": helped,
    "help-jobs": helped_in_jobs,
    "palette": palette,
    "jump": in_press("ctrl+o"),
    "presets": shows(lambda: PresetsScreen(PRESETS)),
    "presets-fault": shows(lambda: PresetsScreen(PRESETS), "z", "z", "enter"),
    "snippets": shows(lambda: SnippetsScreen(SNIPPETS, "the prompt")),
    "matrix": matrix,
    "matrix-fault": matrix_fault,
    "profiles": shows(lambda: ProfilesScreen(OFFERS)),
    "prompts": shows(lambda: PromptsScreen(found)),
    "columns": shows(lambda: ColumnsScreen(STANDARD), "down"),
    "copy": shows(lambda: CopyScreen(COPIED)),
    "remix": shows(lambda: RemixScreen("What changes in the form", CHANGES)),
    "confirm": shows(
        lambda: UnsentScreen("2 jobs were never sent.", UNSENT, yes="Send now", no="Not now")
    ),
    "resolve": unknown_resolved,
    "resolve-fault": wrong_task,
    "line-tags": shows(lambda: LineScreen("Tags of 3 jobs, as far as all have them", "", "cover")),
    "line-note": shows(lambda: LineScreen("Note", "for the client", "what to remember")),
    "key": shows(lambda: KeyScreen("https://gateway.example")),
    "key-fault": wrong_key,
}


@pytest.mark.parametrize(("size", "theme"), [*zip(SIZES, THEMES, strict=True)])
async def test_every_screen_looks_as_it_was_approved_and_can_be_read(
    on_stage: OnStage, golden: Golden, size: tuple[int, int], theme: str
) -> None:
    # What a screen says depends on its size alone and its colours on the theme alone, so that each
    # size is looked at in another theme.
    pairs: dict[tuple[str, str], tuple[str, str]] = {}  # colours: screen, text
    folder = "screens/{}x{}".format(*size)
    async with on_stage(*size) as player:
        player.app.theme = theme
        for name, play in STATES.items():
            await player.begin()
            await play(player)
            golden(f"{folder}/{name}", player.text)
            for segment in texts(player):
                pairs.setdefault(colours(segment), (name, segment.text.strip()[:40]))
    lines = [
        f"{contrast(*pair):5.2f}  {' on '.join(pair)}  {name}: {text}"
        for pair, (name, text) in pairs.items()
    ]
    golden(f"screens/colours-{theme}", "".join(f"{line}\n" for line in sorted(lines)))
    assert not [line for line in lines if float(line[:5]) < THEMES[theme]]


def texts(player: Any) -> Iterator[Segment]:
    """Yield what is to be read on the screen itself: neither frames nor pictures."""
    for y, line in enumerate(player.lines):
        x = 0
        for segment in line:
            letters = [one for one in segment.text if not one.isspace() and ord(one) not in SIGNS]
            at, x = x, x + segment.cell_length
            if letters and is_ours(player.screen, at, y):
                yield segment


def is_ours(screen: Any, x: int, y: int) -> bool:
    """Whether what stands there is a part of the screen, and no picture."""
    try:
        widget, _ = screen.get_widget_at(x, y)
    except NoWidget:
        return False
    return widget is not screen and not isinstance(widget, PictureView | SearchIcon)


def colours(segment: Segment) -> tuple[str, str]:
    style = segment.style
    assert style, segment
    assert style.color, segment
    assert style.bgcolor, segment
    pair = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
    return pair[::-1] if style.reverse else pair


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours as WCAG 2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
