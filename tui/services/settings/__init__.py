"""The settings: what can be set, where, and what holds now."""

from tui.services.settings.load import PROJECT_FILE, load_settings
from tui.services.settings.values import Preset, Settings, SettingsError

__all__ = ["PROJECT_FILE", "Preset", "Settings", "SettingsError", "load_settings"]
