"""The way out of this machine: proxies and trusted certificates, chosen once for all clients."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tui.core.language import _

ProxyFor = Callable[[str], str | None]


class EgressError(Exception):
    """A proxy or a certificate file that can't be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Egress:
    """One SSL context and one rule that names the proxy (or None) for a URL.

    Submit, poll and image client share it: nobody may pay without being able to poll.
    """

    ssl: ssl.SSLContext
    proxy_for: ProxyFor


def open_egress(environ: Mapping[str, str]) -> Egress:
    """Read the usual variables: HTTPS_PROXY and its kin, SSL_CERT_FILE, SSL_CERT_DIR.

    Raises EgressError when one of them can't be used.
    """
    from urllib.request import getproxies  # 13 ms that the app's first paint need not wait for

    return Egress(_trust(environ), _proxy_rule(getproxies()))


def _trust(environ: Mapping[str, str]) -> ssl.SSLContext:
    file, folder = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    for name, path in (("SSL_CERT_FILE", file), ("SSL_CERT_DIR", folder)):
        if path and not Path(path).exists():
            raise EgressError(
                _(
                    "{name} names {path}, which does not exist; correct or unset it.",
                    name=name,
                    path=path,
                )
            )
    try:
        # The system's own certificates come along: a company's CA is usually installed there.
        context = ssl.create_default_context(cafile=file, capath=folder)
        if file or folder:
            return context
        context.load_default_certs()
    except OSError as error:  # SSLError is one
        where = _(
            "The certificates in {file} can't be read: {error}", file=file or folder, error=error
        )
        raise EgressError(
            _("{where}. Correct or unset SSL_CERT_FILE, SSL_CERT_DIR.", where=where)
        ) from error
    import certifi

    context.load_verify_locations(certifi.where())
    return context


def _proxy_rule(proxies: Mapping[str, str]) -> ProxyFor:
    from urllib.request import proxy_bypass

    for scheme in ("http", "https", "all"):
        proxy = proxies.get(scheme)
        if proxy and urlsplit(proxy if "://" in proxy else f"http://{proxy}").scheme != "http":
            raise EgressError(
                _(
                    "The proxy {without_password} is not an http:// proxy, the only kind "
                    "imagedeck can use; correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or unset it.",
                    without_password=_without_password(proxy),
                )
            )

    def proxy_for(url: str) -> str | None:
        parts = urlsplit(url)
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if not proxy or proxy_bypass(parts.hostname or ""):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    return proxy_for


def _without_password(proxy: str) -> str:
    head, _, host = proxy.rpartition("@")
    return f"{head.split('://')[0]}://…@{host}" if head else proxy
