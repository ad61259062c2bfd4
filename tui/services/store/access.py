"""The variables that say where a store is and who may use it."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    """An endpoint, None being Amazon's own, and the region; credentials are read by the library."""

    endpoint: str | None
    region: str

    @property
    def is_plain(self) -> bool:
        """Whether what goes there can be read on the way: only where it is named so."""
        return bool(self.endpoint) and str(self.endpoint).startswith("http://")

    @property
    def shown(self) -> str:
        """How the store is called in a sentence."""
        return self.endpoint or f"Amazon S3 ({self.region})"


def find_access(environ: Mapping[str, str]) -> Access:
    """Return what the variables say; raises StoreError naming the one that is missing."""
    if not any(environ.get(name) for name in _OTHERS):
        for name in _KEYS:
            if not environ.get(name, "").strip():
                raise StoreError(
                    english(
                        "{name} is not set: images in S3 need the credentials of a user, in "
                        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                        name=name,
                    )
                )
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
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or _REGION
    return Access(endpoint.rstrip("/") or None, region)
