"""Where a store is and who may use it, by the variables and files that all programs for S3 know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tui.core.language import english
from tui.services.store.trouble import StoreError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_KEYS, _TOKEN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "AWS_SESSION_TOKEN"
# Other ways to be somebody. Without one of them the library would ask an address of the cloud's
# own, which is nobody's to be asked unless it is named.
_OTHERS = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_METADATA_ENDPOINT",
    "AWS_SKIP_SIGNATURE",
)
_FILED = {
    **{name.lower(): name for name in (*_KEYS, _TOKEN)},
    "region": "AWS_REGION",
    "endpoint_url": "AWS_ENDPOINT_URL",
}
_REGION = "us-east-1"
# The library panics at what these let through.
_VISIBLE = re.compile(r"[!-~]+")
_IS_REGION = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Access:
    """An endpoint, None being Amazon's own, and a region.

    `keys` are id, secret and session token; None where the library finds others by itself.
    """

    endpoint: str | None
    region: str
    keys: tuple[str, str, str] | None = field(default=None, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether what goes there can be read on the way: only where it is named so."""
        return (self.endpoint or "").lower().startswith("http://")

    @property
    def shown(self) -> str:
        """How the store is called in a sentence."""
        return self.endpoint or f"Amazon S3 ({self.region})"


def find_access(environ: Mapping[str, str]) -> Access:
    """Return what they say; raises StoreError naming what is missing, or can't be."""
    given = {name: value.strip() for name, value in environ.items() if name.startswith("AWS_")}
    has_keys = any(given.get(name) for name in (*_KEYS, *_OTHERS))
    if not has_keys:
        from tui.services.store.shared_files import profile_of

        found = profile_of(environ)
        filed = {variable: found[name] for name, variable in _FILED.items() if name in found}
        # A variable goes before what a file says.
        given = filed | {name: value for name, value in given.items() if value}
    for name in (*_KEYS, _TOKEN):
        if given.get(name) and not _VISIBLE.fullmatch(given[name]):
            raise StoreError(
                english("{name} can't be right: it holds more than visible ASCII.", name=name)
            )
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION") or _REGION
    if not _IS_REGION.fullmatch(region):
        raise StoreError(english("AWS_REGION must be a name such as eu-central-1."))
    return Access(_endpoint(given), region, _keys(given))


def _keys(given: Mapping[str, str]) -> tuple[str, str, str] | None:
    key, secret, token = (given.get(name, "") for name in (*_KEYS, _TOKEN))
    if key and secret:
        return key, secret, token
    if any(given.get(name) for name in _OTHERS):
        return None
    name = next(name for name in _KEYS if not given.get(name))
    raise StoreError(
        english(
            "{name} is not set: images in S3 need the credentials of a user, in "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in ~/.aws/credentials.",
            name=name,
        )
    )


def _endpoint(given: Mapping[str, str]) -> str | None:
    name = next((name for name in _ENDPOINTS if given.get(name)), None)
    if name is None:
        return None
    address = given[name].rstrip("/")
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:  # half an address in brackets, a port beyond all ports
        is_whole = False
    if (
        not is_whole
        or not _VISIBLE.fullmatch(address)
        or parts.scheme not in {"http", "https"}
        or parts.query
        or parts.fragment
    ):
        raise StoreError(
            english(
                "{name} must be an address such as https://s3.example.com, or http://… where "
                "everybody on the way may read the images.",
                name=name,
            )
        )
    return address
