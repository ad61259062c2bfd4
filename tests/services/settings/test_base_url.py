"""Which gateway addresses are taken, and in which spelling."""

import pytest

from tui.services.settings.base_url import BaseUrlError, check_base_url, origin_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://tokenhub.piegateway.me", "https://tokenhub.piegateway.me"),
        (" https://Host.Example/ \n", "https://host.example"),
        ("HTTPS://host:443/v1/images//", "https://host/v1/images"),
        ("https://host.:8443/a/b", "https://host:8443/a/b"),
        ("http://localhost:8787/", "http://localhost:8787"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:9", "http://[::1]:9"),
        ("http://demo.localhost", "http://demo.localhost"),
    ],
)
def test_one_spelling(given: str, kept: str) -> None:
    assert check_base_url(given) == kept
    assert check_base_url(kept) == kept


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("http://host", "https://"),
        ("http://localhost.evil.example", "https://"),
        ("ftp://host", "https://"),
        ("host", "https://"),
        ("", "such as https://host"),
        ("https://", "name of a host"),
        ("https://:443", "name of a host"),
        ("https://h_st^x", "name of a host"),
        ("https://1.2.3.999", "name of a host"),
        ("https://user:SECRET@host", "user or a password"),
        ("https://host?key=SECRET", "before the ?"),
        ("https://host#SECRET", "before the ?"),
        ("https://host:SECRET", "port"),
        ("https://host:99999", "port"),
        ("https://[::1", "host or port"),
        ("https://ho\nst", "visible ASCII"),
        ("https://hоst", "visible ASCII"),  # a Cyrillic o
    ],
)
def test_refused_without_repeating_it(given: str, reason: str) -> None:
    with pytest.raises(BaseUrlError) as caught:
        check_base_url(given)
    assert reason in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_origin_has_no_path() -> None:
    assert origin_of("https://host:8443/a/b") == "https://host:8443"
