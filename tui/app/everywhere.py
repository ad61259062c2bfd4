"""The keys that work everywhere in the app."""

from dataclasses import replace

from textual.binding import Binding, BindingType

from tui.app.widgets.form.references import FILES
from tui.app.widgets.prompt import EXPAND
from tui.core.language import _, sense

EVERYWHERE: list[BindingType] = [
    Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Keys and help")),
    Binding(
        "f4",
        "go_on",
        sense("pause", "Go on"),
        show=False,
        id="app.go-on",
        tooltip=_("End a pause: submit again at once, with another key if the key was refused"),
    ),
    Binding(
        "f5",
        "open('statistics')",
        _("Statistics"),
        show=False,
        id="app.statistics",
        tooltip=_("Jobs, times and money by model and day"),
    ),
    Binding(
        "ctrl+r",
        "open('prompts')",
        _("History"),
        show=False,
        priority=True,
        id="app.prompts",
        tooltip=_("Find an earlier prompt and take it"),
    ),
    Binding(
        "f8",
        "open('presets')",
        _("Presets"),
        show=False,
        id="app.presets",
        tooltip=_("Take a preset into the form, or keep the form as one"),
    ),
    Binding(
        "f10",
        "open('batch')",
        _("Batch file"),
        show=False,
        id="app.batch",
        tooltip=_("Check a file of requests, then send what is missing of it"),
    ),
    Binding(
        "f9",
        "open('snippets')",
        _("Snippets"),
        show=False,
        id="app.snippets",
        tooltip=_("Put a snippet into the prompt, or keep what is selected as one"),
    ),
    Binding(
        "f12",
        "profile",
        _("Profiles"),
        show=False,
        id="app.profiles",
        tooltip=_("Go over to another profile: gateway, key, folder, prices"),
    ),
    Binding(
        "f2",
        "arrange('picker')",
        _("Models"),
        show=False,
        id="app.models",
        tooltip=_("Hide or show the list of models"),
    ),
    Binding(
        "f3",
        "arrange('preview')",
        _("Preview"),
        show=False,
        id="app.preview",
        tooltip=_("Hide or show the preview; on a narrow screen it takes the place of the work"),
    ),
    Binding(
        "alt+right,alt+down",
        "arrange('larger')",
        _("Larger"),
        show=False,
        id="app.larger",
        tooltip=_("Make this part of the screen larger (models, prompt, preview)"),
    ),
    Binding(
        "alt+left,alt+up",
        "arrange('smaller')",
        _("Smaller"),
        show=False,
        id="app.smaller",
        tooltip=_("Make this part of the screen smaller (models, prompt, preview)"),
    ),
    Binding(
        "ctrl+p",
        "command_palette",
        _("Commands"),
        priority=True,
        show=False,
        id="app.palette",
        tooltip=_("Search everything that can be done"),
    ),
    Binding(
        "alt+l",
        "redraw",
        _("Redraw"),
        priority=True,  # an editor would take it for the letter
        show=False,
        id="app.redraw",
        tooltip=_("Draw the screen anew, after something else has written on it"),
    ),
    Binding(
        "ctrl+q", "quit", _("Quit"), priority=True, id="app.quit", tooltip=_("Quit; jobs go on")
    ),
]

# On the main screen, wherever the cursor is.
WORK: list[BindingType] = [
    Binding(
        "ctrl+g,ctrl+enter",
        "generate",
        _("Generate"),
        priority=True,
        id="work.generate",
        tooltip=_("Send the request"),
    ),
    Binding(
        "ctrl+e",
        "edit",
        _("Editor"),
        priority=True,
        id="work.edit",
        tooltip=_("Edit the prompt in $EDITOR"),
    ),
    Binding(
        "ctrl+t",
        "expand",
        _("Expand"),
        show=False,
        priority=True,
        id=EXPAND,
        tooltip=_("Make many prompts of one with choices in braces, or send it as it stands"),
    ),
    Binding(
        "ctrl+o",
        "jump",
        _("Jump"),
        priority=True,
        id="work.jump",
        tooltip=_("Go to another part of the screen by one key"),
    ),
    replace(FILES, show=False),  # the line of the references names it
]
