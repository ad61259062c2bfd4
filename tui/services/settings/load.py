"""The loading of the settings from flags, variables and files."""

import os
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tui.core.bucket import Bucket, is_remote
from tui.core.budget import NO_CAPS
from tui.core.home import DEFAULT_PROFILE
from tui.core.keeping import Keep
from tui.core.language import LANGUAGES, _
from tui.services.addresses import DEMO_ORIGIN
from tui.services.places import Places
from tui.services.settings.base_url import check_base_url
from tui.services.settings.database_url import check_database_url
from tui.services.settings.document import read_document
from tui.services.settings.user import check_user, login_name
from tui.services.settings.values import (
    DEFAULT_BASE_URL,
    RUNS,
    Found,
    Layer,
    Settings,
    SettingsError,
    missing_profile,
)

PROJECT_FILE = "imagedeck.toml"
FLAGS = {
    "base_url": "--base-url",
    "output_dir": "--output-dir",
    "profile": "--profile",
    "preview": "--preview",
}
VARIABLES = {
    "base_url": "IMAGEDECK_BASE_URL",
    "output_dir": "IMAGEDECK_OUTPUT_DIR",
    "profile": "IMAGEDECK_PROFILE",
    "language": "IMAGEDECK_LANGUAGE",
    "database_url": "IMAGEDECK_DATABASE_URL",
    "user": "IMAGEDECK_USER",
    "run": "IMAGEDECK_RUN",
}
_CHECKS: Mapping[str, Callable[[str], object]] = {
    "base_url": check_base_url,
    "database_url": check_database_url,
    "output_dir": Bucket.parse,
    "user": check_user,
}
_WORDS = {"language": LANGUAGES, "run": RUNS}


def load_settings(
    flags: Mapping[str, str | None], environ: Mapping[str, str], cwd: Path, places: Places
) -> Settings:
    """Put them together: flag, variable, project file, user file (its profile first), default.

    With the demo's places, gateway and image folder are the demo's own. Raises SettingsError
    with everything that is wrong, a line each.
    """
    loading = _Loading(cwd, places)
    given = loading.given(flags, FLAGS)
    variables = {name: environ.get(word) for name, word in VARIABLES.items()}
    if places.demo:
        loading.refuse_gateway(given)
        environment = _of_the_demo(places) | loading.given(
            {"profile": variables["profile"]}, VARIABLES
        )
    else:
        environment = loading.given(variables, VARIABLES)
    project = loading.project()
    user, profiles = loading.user()
    saved = loading.saved()
    chosen = ChainMap(given, environment, user).get(("profile",))
    profile = loading.profile(chosen, profiles)
    if loading.problems:
        raise SettingsError("\n".join(loading.problems))
    usual: Layer = {("user",): Found(login_name(environ), "default")}
    layers = (given, environment, project, profile, user, saved, usual)
    settings = _settings(ChainMap(*layers), places)
    if places.demo:
        return settings
    names = dict.fromkeys([DEFAULT_PROFILE, *profiles])
    gateways = {
        name: _gateway(ChainMap(environment, profiles.get(name, {}), user)) for name in names
    }
    return replace(settings, gateways=gateways)


class _Loading:
    """Reads one source after the other; what is wrong gathers in `problems`."""

    def __init__(self, cwd: Path, places: Places) -> None:
        self.problems: list[str] = []
        self._cwd = cwd
        self._places = places

    def given(self, texts: Mapping[str, str | None], words: Mapping[str, str]) -> Layer:
        """Read flags or variables; `words` are what a person knows them by."""
        layer: Layer = {}
        for name, text in texts.items():
            if text is None or not text.strip():
                continue
            value: object = text.strip()
            if name == "output_dir" and not is_remote(text.strip()):
                # Not Path.expanduser, which raises for an unknown user.
                value = self._cwd / os.path.expanduser(text)  # noqa: PTH111
            elif check := _CHECKS.get(name):
                try:
                    value = check(text)
                except ValueError as error:
                    self.problems.append(_("{name}: {rule}", name=words[name], rule=error))
            elif value not in (known := _WORDS.get(name, (value,))):
                rule = _("must be one of {choices}", choices=", ".join(map(str, known)))
                self.problems.append(_("{name}: {rule}", name=words[name], rule=rule))
            layer[name,] = Found(value, words[name])
        return layer

    def refuse_gateway(self, given: Layer) -> None:
        """Note that the demo takes no other gateway."""
        if ("base_url",) in given:
            self.problems.append(_("--base-url: --demo has its own gateway; leave one of them out"))

    def project(self) -> Layer:
        """Read the current folder's file."""
        try:
            document = read_document(self._cwd / PROJECT_FILE)
            if document:
                from tui.services.settings.layers import project_layer

                return project_layer(document, self._places.config_file)
        except SettingsError as error:
            self.problems.append(str(error))
        return {}

    def user(self) -> tuple[Layer, Mapping[str, Layer]]:
        """Read the user's file, in general and by profile."""
        try:
            document = read_document(self._places.config_file)
            if document:
                from tui.services.settings.layers import user_layers

                layers = user_layers(document)
                return layers.general, layers.profiles
        except SettingsError as error:
            self.problems.append(str(error))
        return {}, {}

    def saved(self) -> Layer:
        """Read the presets and snippets that were saved in the app."""
        layer: Layer = {}
        for table in ("presets", "snippets"):
            try:
                if (file := self._places.saved(table)).exists():
                    from tui.services.settings.saved import saved_in

                    layer |= saved_in(file, table)
            except SettingsError as error:
                self.problems.append(str(error))
        return layer

    def profile(self, chosen: Found | None, profiles: Mapping[str, Layer]) -> Layer:
        """Return the chosen profile's layer."""
        name = chosen.value if chosen else DEFAULT_PROFILE
        missing = missing_profile(name, profiles)
        if chosen and missing and not self.problems:  # a broken file hides its profiles
            self.problems.append(
                _(
                    "{source}: {missing} in {config_file}",
                    source=chosen.source,
                    missing=missing,
                    config_file=self._places.config_file,
                )
            )
        return profiles.get(name, {})


def _place(value: object) -> Path | Bucket:
    if isinstance(value, Bucket):
        return value
    text = str(value)
    return Bucket.parse(text) if is_remote(text) else Path(text)


def _gateway(found: Mapping[tuple[str, ...], Found]) -> str:
    one = found.get(("base_url",))
    return str(one.value) if one else DEFAULT_BASE_URL


def _of_the_demo(places: Places) -> Layer:
    return {
        ("base_url",): Found(DEMO_ORIGIN, "--demo"),
        ("output_dir",): Found(places.images, "--demo"),
        ("database_url",): Found("", "--demo"),
    }


def _settings(found: Mapping[tuple[str, ...], Found], places: Places) -> Settings:
    parts: dict[str, Any] = {"output_dir": places.images, "keep": Keep(), "budget": NO_CAPS}
    tables = ("fields", "in_flight", "keys", "presets", "prices", "snippets")
    parts |= {table: {} for table in tables}
    for path, one in found.items():
        match path:
            case ("limits", item):
                parts[item] = one.value
            case ("keep", item):
                parts["keep"] = replace(parts["keep"], **{item: one.value})
            case ("budget", item):
                parts["budget"] = replace(parts["budget"], **{item: Decimal(str(one.value))})
            case ("presets" | "snippets" | "keys" | "in_flight" as table, name):
                parts[table][name] = one.value
            case (table, model, item):
                parts[table].setdefault(model, {})[item] = one.value
            case (("key_command" | "viewer" | "on_saved") as command,):
                parts[command] = tuple(one.value)
            case ("output_dir",):
                parts["output_dir"] = _place(one.value)
            case (name,):
                parts[name] = one.value
    sources = {".".join(path): one.source for path, one in found.items()}
    return Settings(**parts, sources=sources)
