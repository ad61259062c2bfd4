"""A request as it would be sent, to be looked at."""

from typing import Any

from tui.core.language import _
from tui.core.request import Reference, Request
from tui.models import find_model
from tui.services.addresses import DEMO_ORIGIN
from tui.services.settings.values import Settings


def as_sent(settings: Settings, request: Request) -> dict[str, Any]:
    """Return its method, URL, headers and body; the key is masked, files are told by their hash."""
    model = find_model(request.model)
    headers = {"Content-Type": "application/json"}
    if settings.origin != DEMO_ORIGIN:
        headers = {"X-API-Key": "***", **headers}
    return {
        "method": "POST",
        "url": f"{settings.base_url}{model.submit_path}",
        "headers": headers,
        "body": model.body(request, [_url(one) for one in request.references]),
    }


def _url(reference: Reference) -> str:
    if reference.sha256 is None:
        return reference.url or ""
    about = _(
        "{bytes} bytes of {name}, sha256 {sha256}",
        bytes=reference.bytes,
        name=reference.name,
        sha256=reference.sha256,
    )
    return f"data:{reference.media_type};base64,<{about}>"
