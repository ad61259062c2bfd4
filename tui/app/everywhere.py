"""The keys that work everywhere in the app."""

from dataclasses import replace

from textual.binding import Binding, BindingType

from tui.app.widgets.form.references import FILES
from tui.app.widgets.prompt import EXPAND

EVERYWHERE: list[BindingType] = [
    Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="Keys and help"),
    Binding(
        "f4",
        "go_on",
        "Go on",
        show=False,
        id="app.go-on",
        tooltip="End a pause: submit again at once, with another key if the key was refused",
    ),
    Binding(
        "f5",
        "open('statistics')",
        "Statistics",
        show=False,
        id="app.statistics",
        tooltip="Jobs, times and money by model and day",
    ),
    Binding(
        "ctrl+r",
        "open('prompts')",
        "History",
        show=False,
        priority=True,
        id="app.prompts",
        tooltip="Find an earlier prompt and take it",
    ),
    Binding(
        "f8",
        "open('presets')",
        "Presets",
        show=False,
        id="app.presets",
        tooltip="Take a preset into the form, or keep the form as one",
    ),
    Binding(
        "f10",
        "open('batch')",
        "Batch file",
        show=False,
        id="app.batch",
        tooltip="Check a file of requests, then send what is missing of it",
    ),
    Binding(
        "f9",
        "open('snippets')",
        "Snippets",
        show=False,
        id="app.snippets",
        tooltip="Put a snippet into the prompt, or keep what is selected as one",
    ),
    Binding(
        "f12",
        "profile",
        "Profiles",
        show=False,
        id="app.profiles",
        tooltip="Go over to another profile: gateway, key, folder, prices",
    ),
    Binding(
        "f2",
        "arrange('picker')",
        "Models",
        show=False,
        id="app.models",
        tooltip="Hide or show the list of models",
    ),
    Binding(
        "f3",
        "arrange('preview')",
        "Preview",
        show=False,
        id="app.preview",
        tooltip="Hide or show the preview; on a narrow screen it takes the place of the work",
    ),
    Binding(
        "alt+right,alt+down",
        "arrange('larger')",
        "Larger",
        show=False,
        id="app.larger",
        tooltip="Make this part of the screen larger (models, prompt, preview)",
    ),
    Binding(
        "alt+left,alt+up",
        "arrange('smaller')",
        "Smaller",
        show=False,
        id="app.smaller",
        tooltip="Make this part of the screen smaller (models, prompt, preview)",
    ),
    Binding(
        "ctrl+p",
        "command_palette",
        "Commands",
        priority=True,
        show=False,
        id="app.palette",
        tooltip="Search everything that can be done",
    ),
    Binding(
        "alt+l",
        "redraw",
        "Redraw",
        show=False,
        id="app.redraw",
        tooltip="Draw the screen anew, after something else has written on it",
    ),
    Binding("ctrl+q", "quit", "Quit", priority=True, id="app.quit", tooltip="Quit; jobs go on"),
]

# On the main screen, wherever the cursor is.
WORK: list[BindingType] = [
    Binding(
        "ctrl+g,ctrl+enter",
        "generate",
        "Generate",
        priority=True,
        id="work.generate",
        tooltip="Send the request",
    ),
    Binding(
        "ctrl+e",
        "edit",
        "Editor",
        priority=True,
        id="work.edit",
        tooltip="Edit the prompt in $EDITOR",
    ),
    Binding(
        "ctrl+t",
        "expand",
        "Expand",
        show=False,
        priority=True,
        id=EXPAND,
        tooltip="Make many prompts of one with choices in braces, or send it as it stands",
    ),
    Binding(
        "ctrl+o",
        "jump",
        "Jump",
        priority=True,
        id="work.jump",
        tooltip="Go to another part of the screen by one key",
    ),
    replace(FILES, show=False),  # the line of the references names it
]
