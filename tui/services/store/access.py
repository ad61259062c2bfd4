"""Where a store is and who may use it, by the variables and files that all programs for S3 know."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.core.language import english
from tui.services.store.trouble import StoreError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
# Other ways to be somebody. Without one of them the library would ask an address of the cloud's
# own, which is nobody's to be asked unless it is named.
_OTHERS = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_METADATA_ENDPOINT",
    "AWS_SKIP_SIGNATURE",
)
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Access:
    """An endpoint, None being Amazon's own, and a region.

    `keys` are id, secret and session token out of a file; None where the library finds them itself.
    """

    endpoint: str | None
    region: str
    keys: tuple[str, str, str] | None = field(default=None, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether what goes there can be read on the way: only where it is named so."""
        return bool(self.endpoint) and str(self.endpoint).startswith("http://")

    @property
    def shown(self) -> str:
        """How the store is called in a sentence."""
        return self.endpoint or f"Amazon S3 ({self.region})"


def find_access(environ: Mapping[str, str]) -> Access:
    """Return what they say; raises StoreError naming what is missing."""
    has_keys = any(environ.get(name, "").strip() for name in (*_KEYS, *_OTHERS))
    profile: Mapping[str, str] = {}
    if not has_keys:
        from tui.services.store.shared_files import profile_of

        profile = profile_of(environ)
    keys = None
    if not any(environ.get(name) for name in _OTHERS):
        keys = _keys(environ, profile)
    endpoint = _endpoint(environ) or profile.get("endpoint_url", "")
    region = (
        environ.get("AWS_REGION")
        or environ.get("AWS_DEFAULT_REGION")
        or profile.get("region", "")
        or _REGION
    )
    return Access(endpoint.rstrip("/") or None, region, keys)


def _keys(environ: Mapping[str, str], profile: Mapping[str, str]) -> tuple[str, str, str] | None:
    ours = [profile.get(name.lower(), "") for name in (*_KEYS, "AWS_SESSION_TOKEN")]
    if ours[0] and ours[1]:
        return ours[0], ours[1], ours[2]
    for name in _KEYS:
        if not environ.get(name, "").strip():
            raise StoreError(
                english(
                    "{name} is not set: images in S3 need the credentials of a user, in "
                    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in ~/.aws/credentials.",
                    name=name,
                )
            )
    return None


def _endpoint(environ: Mapping[str, str]) -> str:
    found = ((name, environ.get(name, "").strip()) for name in _ENDPOINTS)
    name, endpoint = next(((name, url) for name, url in found if url), ("", ""))
    if endpoint and not endpoint.startswith(("https://", "http://")):
        raise StoreError(
            english(
                "{name} must be an address that begins with https://, or http:// where "
                "everybody on the way may read the images.",
                name=name,
            )
        )
    return endpoint
