"""The line mode's verbs that choose among what the settings hold: presets, snippets, profiles."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.language import _
from tui.core.snippets import added
from tui.core.text import clean, one_line
from tui.services.settings import Preset, Settings
from tui.services.settings.saved import check_name, save_preset, save_snippet


class OverError(Exception):
    """A person goes over to another profile: everything is opened anew, with `cli`."""

    def __init__(self, cli: Cli) -> None:
        super().__init__()
        self.cli = cli


def _preset(desk: Desk, name: str) -> None:
    settings = desk.cli.read_settings()
    if not name:
        for one, known in settings.presets.items():
            _tell(desk, settings, "presets", one, f"{known.model}, {_values(known)}")
        if not settings.presets:
            desk.voice.say(_("There are no presets yet; `save preset NAME` keeps one."))
        return
    preset = settings.presets.get(name)
    if preset is None:
        raise RefusedError(_no(_("There is no preset {name}.", name=name), settings.presets))
    before = desk.model, desk.values, desk.references
    try:
        _take(desk, preset)
    except RefusedError:
        desk.model, desk.values, desk.references = before
        raise
    desk.prompt = str(preset.values.get("prompt", desk.prompt))
    _tell(desk, settings, "presets", name, _values(preset))


def _take(desk: Desk, preset: Preset) -> None:
    desk.choose(preset.model)
    desk.values, desk.references = {}, []
    for field, value in preset.values.items():
        if field != "prompt":
            desk.set(field, str(value))
    for source in preset.references:
        desk.add_reference(source)


def _snippet(desk: Desk, name: str) -> None:
    settings = desk.cli.read_settings()
    if not name:
        for one, text in settings.snippets.items():
            _tell(desk, settings, "snippets", one, text)
        if not settings.snippets:
            desk.voice.say(_("There are no snippets yet; `save snippet NAME` keeps one."))
        return
    if name not in settings.snippets:
        raise RefusedError(_no(_("There is no snippet {name}.", name=name), settings.snippets))
    text = settings.snippets[name]
    desk.prompt = added(desk.prompt, text) if desk.prompt.strip() else text.strip()
    desk.voice.say(_("Prompt: {prompt}", prompt=desk.prompt))


def _save(desk: Desk, rest: str) -> None:
    kind, _blank, name = rest.partition(" ")
    name = name.strip()
    kinds: dict[str, Callable[[Desk, Path, str], str]] = {
        "preset": _save_preset,
        "snippet": _save_snippet,
    }
    if kind not in kinds:
        raise RefusedError(_("Say `save preset NAME`, or `save snippet NAME`."))
    if fault := check_name(name):
        raise RefusedError(_("{name}: {rule}", name=_("name"), rule=fault))
    file = desk.cli.places.saved(f"{kind}s")
    source = desk.cli.read_settings().source(f"{kind}s.{name}")
    if source != "default" and not source.startswith(str(file)):
        raise RefusedError(
            _("{name} is set in {source}: choose another name.", name=name, source=source)
        )
    desk.voice.say(kinds[kind](desk, file, name))


def _save_preset(desk: Desk, file: Path, name: str) -> str:
    values = {key: one for key, one in desk.checked("any").values.items() if key != "prompt"}
    save_preset(file, name, Preset(model=desk.model.id, values=values))
    left = _("; reference images are no part of it") if desk.references else ""
    return _("Saved as preset {name}{left}.", name=name, left=left)


def _save_snippet(desk: Desk, file: Path, name: str) -> str:
    if not desk.prompt.strip():
        raise RefusedError(_("There is nothing to keep: the prompt is empty."))
    save_snippet(file, name, desk.prompt.strip())
    return _("Saved as snippet {name}: {text}", name=name, text=one_line(desk.prompt, 60))


def _profile(desk: Desk, name: str) -> None:
    cli = desk.cli
    if cli.demo:
        raise RefusedError(
            _("The demo has a gateway of its own: leave --demo out to use profiles.")
        )
    used = cli.settings.profile
    if not name:
        for one, gateway in cli.read_settings().gateways.items():
            here = _(", in use") if one == used else ""
            desk.voice.say(_("{name}: {value}", name=one, value=f"{clean(gateway)}{here}"))
        return
    if name == used:
        raise RefusedError(_("Profile {name} is in use.", name=name))
    other = cli.with_profile(name)
    # What keeps it from being used is said while this one is still open.
    url = other.settings.base_url
    if other.key is not None:
        desk.voice.say(_("Profile {profile}: {base_url}", profile=name, base_url=url))
    raise OverError(other)


def _tell(desk: Desk, settings: Settings, table: str, name: str, text: str) -> None:
    source = clean(settings.source(f"{table}.{name}"))
    told = one_line(text, 500) or _("nothing")
    desk.voice.say(
        _("{name} ({source}): {told}", name=one_line(name, 64), source=source, told=told)
    )


def _values(preset: Preset) -> str:
    said = [f"{field} {value}" for field, value in preset.values.items()]
    return _(", ").join([*said, *map(clean, preset.references)])


def _no(said: str, known: Iterable[str]) -> str:
    names = clean(", ".join(known)) or _("none")
    return _("{said} There are {names}.", said=said, names=names)


VERBS = (
    Verb("preset", "NAME", _("take a preset into the request; without a name, list them"), _preset),
    Verb("snippet", "NAME", _("add a snippet to the prompt; without a name, list them"), _snippet),
    Verb("save", "preset|snippet NAME", _("keep the request, or the prompt, under a name"), _save),
    Verb("profile", "NAME", _("go over to another profile; without a name, list them"), _profile),
)
