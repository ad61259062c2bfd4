"""The settings: what can be set, where, and what holds now."""

from tui.services.settings.load import load_settings
from tui.services.settings.values import Preset, Settings, SettingsError

__all__ = ["Preset", "Settings", "SettingsError", "load_settings"]
