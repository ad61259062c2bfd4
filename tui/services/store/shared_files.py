"""The files in which other programs for S3 keep credentials by name."""

import configparser
from collections.abc import Mapping
from pathlib import Path

from tui.core.language import english
from tui.services.store.trouble import StoreError

_DEFAULT = "default"
# A file, the variable that names another one, and what a profile's section is called there.
_FILES = (
    ("config", "AWS_CONFIG_FILE", "profile "),
    ("credentials", "AWS_SHARED_CREDENTIALS_FILE", ""),
)


def profile_of(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the files say of the profile in AWS_PROFILE, else of `default`; perhaps nothing.

    Raises StoreError where a profile that is named is in neither, or a file can't be read.
    """
    name = environ.get("AWS_PROFILE", "").strip()
    found: dict[str, str] = {}
    is_there = False
    for file, variable, prefix in _FILES:
        sections = _read(_place(environ, variable, file))
        wanted = name or _DEFAULT
        for section in (wanted, f"{prefix}{wanted}"):
            if sections.has_section(section):
                found |= dict(sections.items(section))
                is_there = True
    if name and not is_there:
        raise StoreError(
            english("AWS_PROFILE: there is no profile {name} in ~/.aws/credentials.", name=name)
        )
    return found


def _place(environ: Mapping[str, str], variable: str, name: str) -> Path | None:
    if given := environ.get(variable, "").strip():
        return Path(given)
    home = environ.get("HOME")
    return Path(home, ".aws", name) if home else None


def _read(file: Path | None) -> configparser.ConfigParser:
    # A section called DEFAULT would be part of all others.
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        if file is not None and file.is_file():
            parser.read_string(file.read_text("utf-8"))
    except (OSError, ValueError, configparser.Error):
        # From None: the error's own words may repeat a line, and with it a secret.
        raise StoreError(english("{file} can't be read: correct it.", file=file)) from None
    return parser
