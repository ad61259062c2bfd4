"""The shape of the settings files."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from tui.core.bucket import Bucket, is_remote
from tui.core.language import LANGUAGES, _
from tui.core.naming import check_template
from tui.core.picture import PREVIEWS
from tui.services.settings.base_url import check_base_url
from tui.services.settings.database_url import check_database_url
from tui.services.settings.user import check_user


def _template(text: str) -> str:
    check_template(text)
    return text


def _output(text: str) -> str:
    if is_remote(text):
        return str(Bucket.parse(text))
    path = os.path.expanduser(text)  # noqa: PTH111 - Path's own raises for an unknown user
    if not Path(path).is_absolute() or "\0" in text:
        raise ValueError(
            _(
                'must be a whole path, such as "/home/me/images" or "~/images", or s3://BUCKET/PREFIX'
            )
        )
    return path


def _preview(text: str) -> str:
    if text not in PREVIEWS:
        raise ValueError(_("must be one of {previews}", previews=", ".join(PREVIEWS)))
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(_("must be one of {choices}", choices=", ".join(LANGUAGES)))
    return text


def _argument(text: str) -> str:
    if "\0" in text:
        raise ValueError(_("must not hold a zero byte"))
    return text


def _keys(text: str) -> str:
    keys = [one.strip() for one in text.split(",")]
    if not all(keys) or any(" " in one for one in keys):
        raise ValueError(_('must be a key or several, such as "ctrl+s" or "f7,ctrl+t"'))
    return ",".join(keys)


def _snippet(text: str) -> str:
    if not text.strip():
        raise ValueError(_('must say something, such as "loose watercolor, soft light"'))
    return text


_Gateway = Annotated[str, AfterValidator(check_base_url)]
_Database = Annotated[str, AfterValidator(check_database_url)]
_Output = Annotated[str, AfterValidator(_output)]
_Command = Annotated[list[Annotated[str, AfterValidator(_argument)]], Field(min_length=1)]
_Snippet = Annotated[str, AfterValidator(_snippet)]
_Keys = Annotated[str, AfterValidator(_keys)]
_Price = Annotated[Decimal, Field(ge=0, strict=False)]
_ProfileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class Table(BaseModel):
    """A table that holds nothing but what is declared; defaults are never read."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ProjectFile(Table):
    """What a file that may come from a stranger can set."""

    template: Annotated[str, AfterValidator(_template)] = ""
    fields: dict[str, dict[str, Any]] = {}
    presets: dict[str, dict[str, Any]] = {}
    snippets: dict[str, _Snippet] = {}


class ProfileTable(Table):
    """What a profile can set."""

    base_url: _Gateway = ""
    output_dir: _Output = ""
    key_command: _Command = []
    prices: dict[str, dict[str, _Price]] = {}


def _rate(value: object) -> float:
    match value:
        case bool():
            pass
        case int() | Decimal():
            return float(value)
    raise ValueError(_("must be a number, such as 10 or 0.5"))


_Rate = Annotated[float, BeforeValidator(_rate), Field(ge=0.001, le=1000)]


class LimitsTable(Table):
    """How many of each are in flight at most, and how many are submitted a second."""

    submissions: Annotated[int, Field(ge=1, le=64)] = 8
    polls: Annotated[int, Field(ge=1, le=256)] = 32
    downloads: Annotated[int, Field(ge=1, le=64)] = 8
    submissions_per_second: _Rate = 1.0


_Days = Annotated[int, Field(ge=1, le=36_500)]


class KeepTable(Table):
    """How many days old things are kept."""

    quarantine: _Days = 1
    answers: _Days = 1
    references: _Days = 1
    thumbnails: _Days = 1
    results: _Days = 1
    leftovers: _Days = 1
    originals: _Days = 1


_Cap = Annotated[Decimal, Field(gt=0, le=1_000_000, strict=False)]


class BudgetTable(Table):
    """The most US dollars to be spent."""

    run: _Cap = Decimal(1)
    day: _Cap = Decimal(1)
    month: _Cap = Decimal(1)


class UserFile(ProjectFile, ProfileTable):
    """What the user's own file can set."""

    profile: _ProfileName = ""
    database_url: _Database = ""
    user: Annotated[str, AfterValidator(check_user)] = ""
    any_key: bool = False
    run: Literal["here", "workers"] = "here"
    ask_above: Annotated[int, Field(ge=0)] = 0
    detach_on_hangup: bool = False
    theme: str = ""
    keys: dict[str, _Keys] = {}
    preview: Annotated[str, AfterValidator(_preview)] = ""
    viewer: _Command = []
    on_saved: _Command = []
    language: Annotated[str, AfterValidator(_language)] = ""
    notify: Literal["off", "bell", "osc9", "desktop"] = "off"
    notify_after: Annotated[int, Field(ge=0, le=86_400)] = 60
    limits: LimitsTable = LimitsTable()
    in_flight: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = {}
    keep: KeepTable = KeepTable()
    budget: BudgetTable = BudgetTable()
    profiles: dict[_ProfileName, ProfileTable] = {}
