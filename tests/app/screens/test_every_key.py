"""Every key of the app, where it is told and offered, and every verb on jobs by every way.

A new key is found by itself; one that is meant to stand nowhere goes into a table below, with the
reason.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Input

from tui.app.commands import all_bindings, commands
from tui.app.keymap import _bindings, _nodes, all_actions
from tui.app.screens.batch import BatchScreen, Choices, Found
from tui.app.screens.columns import ColumnsScreen
from tui.app.screens.compare import CompareScreen
from tui.app.screens.confirm import ConfirmScreen, UnsentScreen
from tui.app.screens.copy import CopyScreen
from tui.app.screens.gallery import GalleryScreen
from tui.app.screens.grid import GridScreen
from tui.app.screens.help import HelpScreen, key_groups
from tui.app.screens.jump import JumpScreen
from tui.app.screens.key import KeyScreen
from tui.app.screens.line import LineScreen
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
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.keybar import KeyBar
from tui.cli.commands import COMMANDS
from tui.cli.plain.verbs import VERBS as PLAIN
from tui.core.difference import Difference
from tui.core.grid import model_cell
from tui.core.price import Price
from tui.services.shell_lines import Form

OnStage = Callable[..., Any]

# Areas of dialogs: they have no palette, and say on themselves what their keys do.
DIALOGS = {
    "batch": lambda _: BatchScreen(_checked, "prompts.jsonl"),
    "columns": lambda _: ColumnsScreen(STANDARD),
    "confirm": lambda _: ConfirmScreen("Send?", "It costs money.", yes="Send", no="Leave it"),
    "copy": lambda _: CopyScreen(dict.fromkeys(Form, "a text")),
    "help": lambda _: HelpScreen(()),
    "jump": lambda _: JumpScreen(),
    "key": lambda _: KeyScreen("https://gateway.example"),
    "line": lambda _: LineScreen("Note", "", ""),
    "matrix": lambda _: MatrixScreen(("place",), Asked(), _told),
    "presets": lambda _: PresetsScreen({}),
    "profiles": lambda _: ProfilesScreen(
        [Offer("work", "https://gateway.example", "/srv", "no key")]
    ),
    "prompts": lambda _: PromptsScreen(_found),
    "remix": lambda _: RemixScreen("What changes", [Difference("n", "1", "2")]),
    "snippets": lambda _: SnippetsScreen({"dusk": "at dusk"}, "the prompt"),
    "unsent": lambda _: UnsentScreen("Send?", "It costs money.", yes="Send", no="Leave it"),
    "resolve": lambda player: ResolveScreen(player.jobs[0], Price(None)),
}
LINES = {"path", "task"}  # of text in a dialog
# The files have a line of keys of their own; f1 is told at the foot of the app.
APART = {*DIALOGS, *LINES, "files", "dialog"}
# Keys of dialogs that everybody tries by himself, or that do what another one named there does.
UNSAID = {
    "snippets.down": "moves a cursor",
    "snippets.up": "moves a cursor",
    "presets.down": "moves a cursor",
    "presets.up": "moves a cursor",
    "prompts.down": "moves a cursor",
    "prompts.up": "moves a cursor",
    "prompts.page-down": "moves a cursor",
    "prompts.page-up": "moves a cursor",
}
# What the palette leaves out although it belongs to a screen that has one.
UNOFFERED = {
    "app.palette": "it is the palette",
    "choice.": "needs the control that has the focus, as typing does",
    "field.": "typing",
    "filter.": "typing",
    "prompt.": "typing",
    "reference.complete": "typing",
    "reference.down": "moves a cursor",
    "reference.leave": "typing",
    "reference.up": "moves a cursor",
    "grid.down": "moves a cursor",
    "grid.left": "moves a cursor",
    "grid.right": "moves a cursor",
    "grid.up": "moves a cursor",
    "compare.down": "scrolls",
    "compare.up": "scrolls",
    "gallery.back": "moves a cursor",
    "gallery.down": "moves a cursor",
    "gallery.last": "moves a cursor",
    "gallery.next": "moves a cursor",
    "gallery.page": "moves a cursor",
    "gallery.up": "moves a cursor",
    "jobs.down": "moves a cursor",
    "jobs.newest": "moves a cursor",
    "jobs.oldest": "moves a cursor",
    "jobs.page-down": "moves a cursor",
    "jobs.page-up": "moves a cursor",
    "jobs.up": "moves a cursor",
    "models.down": "moves a cursor",
    "models.first": "moves a cursor",
    "models.last": "moves a cursor",
    "models.up": "moves a cursor",
    "preview.above": "moves over the image",
    "preview.below": "moves over the image",
    "preview.down": "scrolls",
    "preview.left": "moves over the image",
    "preview.right": "moves over the image",
    "preview.up": "scrolls",
}
# Keys that are there, and told, only in some state of what they belong to.
ONLY_THEN = {"prompt.refer": "while a path that was pasted stands in the prompt"}
SHARED = {
    "stats.close": "the key that opened it closes it",
    "prompt.refer": "what the key does for the form, it does for a path in the prompt",
}
# By which command, which verb of the line mode; where neither, why not. The palette, which a click
# on the line of keys opens, gives all of them to the mouse.
WAYS = {
    Verb.REMIX: ("", "remix", ""),
    Verb.RETRY: ("retry", "retry", ""),
    Verb.EDIT: ("", "", "what a command sends is not held back, so nothing waits to be edited"),
    Verb.FIRST: ("", "", "the order is that of the process that sends"),
    Verb.USE: ("generate", "use", ""),
    Verb.STOP: ("", "stop", ""),
    Verb.TAG: ("mark", "", ""),
    Verb.NOTE: ("mark", "", ""),
    Verb.RATE: ("mark", "", ""),
    Verb.DELETE: ("delete", "", ""),
    Verb.COPY: ("show", "", ""),
    Verb.OPEN: ("", "", "`show` prints the path, and a shell opens it"),
    Verb.UNDO: ("delete", "", ""),
    Verb.PAUSE: ("pause", "go", ""),
    Verb.EXPORT: ("export", "", ""),
    Verb.FETCH: ("fetch", "fetch", ""),
    Verb.IMPORT: ("import", "", ""),
    Verb.VOTE: ("vote", "", ""),
    Verb.GRID: ("export", "", ""),
    Verb.RESOLVE: ("resolve", "resolve", ""),
}


async def _told(_asked: Asked) -> Told:
    return Told()


async def _found(_words: str) -> list[str]:
    return ["a lighthouse"]


async def _checked(_path: str, _choices: Choices) -> Found:
    return Found(told=["12 rows"], faults=["line 3: size: must be larger"], sends="send 11")


async def _told(_asked: Asked) -> Told:
    return Told(lines=["3 prompts, 3 images"], number=3)


async def _written(_outcome: object) -> bool:
    return True


async def places(player: Any) -> AsyncIterator[None]:
    """Go to every place that has keys of its own, and stay there for a moment."""
    await player.fill()
    for number, selectors in (
        (4, ("#prompt", "#picker", "#value-size", "#value-quality", "#jobs", "#preview")),
        (1, ("#new-reference",)),
    ):
        await player.model(number)
        for selector in selectors:
            await player.focus(selector)
            yield
    player.main.form.add_reference("harbour.png")
    await player.settle()
    await player.focus("ReferenceItem")
    yield
    await player.focus("#jobs")
    await player.press("slash")
    yield
    job, jobs = player.named("a poster that says LIGHTHOUSE"), player.jobs
    voted = replace(job, vote="tied")
    more = player.app.estimates, player.app.canvas
    for screen in (
        LookScreen(job, *more),
        CompareScreen(jobs[-4:-2], *more),
        VoteScreen([voted, *jobs[-3:]], *more, _written),
        GalleryScreen(jobs, *more),
        GridScreen([replace(one, row=model_cell("gpt", 0).key) for one in jobs[:1]], *more),
        StatisticsScreen([], "2027-01-15"),
    ):
        await player.show(screen)
        yield
        player.app.pop_screen()
        await player.settle()


async def test_every_key_stands_in_the_help_in_the_line_of_keys_and_in_the_palette(
    on_stage: OnStage,
) -> None:
    actions = {name: one for name, one in all_actions().items() if area(name) not in APART}
    helped: set[str] = set()
    shown: set[str] = set()
    offered: set[str] = set()
    async with on_stage(200, 60) as player:
        named = player.app.get_key_display
        async for _ in places(player):
            active = [*all_bindings(player.screen)]
            told = {about for group in key_groups(active, named) for about in group.lines}
            helped |= {one.binding.id for one in active if one.tooltip in told}
            pressed = {key for _cells, key in player.screen.query_one(KeyBar)._spans}
            here = player.screen.active_bindings.values()
            shown |= {one.binding.id for one in here if one.binding.key in pressed}
            words = {one.help for one in commands(player.screen)}
            offered |= {
                one.binding.id for one in active if f"{one.tooltip} ({named(one.binding)})" in words
            }
    for name in ONLY_THEN:
        del actions[name]
    assert sorted(actions.keys() - helped) == []
    assert sorted({name for name, one in actions.items() if one.show} - shown) == []
    missing = actions.keys() - offered
    assert sorted(name for name in missing if not excuses(name)) == []
    assert UNOFFERED.keys() == {one for name in missing for one in excuses(name)}, "all are needed"


async def test_every_dialog_says_what_its_keys_do(on_stage: OnStage) -> None:
    async with on_stage(80, 24) as player:
        await player.fill()
        display = player.app.get_key_display
        for name, make in DIALOGS.items():
            await player.show(make(player))
            text = player.text
            for one in actions_of(name):
                single = [replace(one, key=key) for key in one.key.split(",")]
                names = {named for key in single for named in (key.key, display(key))}
                said = any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text) for each in names)
                assert said or one.id in UNSAID, f"{one.id}:\n{text}"
            player.app.pop_screen()


def test_every_verb_is_reached_by_every_way_that_makes_sense() -> None:
    keys = {one.action for one in all_actions().values() if one.id and area(one.id) == "jobs"}
    words = {one.word for one in PLAIN}
    assert WAYS.keys() == set(Verb)
    for verb, (command, word, why) in WAYS.items():
        assert f"ask('{verb}')" in keys or f"ask('{verb}', '5')" in keys
        assert bool(command or word) != bool(why), verb
        assert command in {"", *COMMANDS}
        assert word in {"", *words}


def test_no_key_of_a_place_is_taken_already() -> None:
    everywhere = {key: one.id for name in ("app", "work") for one, key in keys_of(actions_of(name))}
    for node in _nodes(DOMNode):
        own: dict[str, str | None] = {}
        for one, key in keys_of(_bindings(node)):
            assert own.setdefault(key, one.id) == one.id, f"{key} of {node.__name__}"
            if one.id not in SHARED and area(one.id or "") not in APART:
                assert everywhere.get(key, one.id) == one.id, f"{key} of {node.__name__}"


def keys_of(bindings: Iterable[Binding]) -> Iterator[tuple[Binding, str]]:
    return ((one, key) for one in bindings for key in one.key.split(","))


def area(name: str) -> str:
    return name.partition(".")[0]


def actions_of(name: str) -> list[Binding]:
    """Return what one does on purpose in an area, not what edits a line in it."""
    found = [one for one in all_actions().values() if one.id and area(one.id) == name]
    editing = {one.action for one in Input.BINDINGS if isinstance(one, Binding)}
    return [one for one in found if one.action not in editing]


def excuses(name: str) -> set[str]:
    return {one for one in UNOFFERED if name == one or (one[-1] == "." and name.startswith(one))}
