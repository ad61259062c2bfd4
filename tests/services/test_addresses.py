import pytest

from tui.services.addresses import (
    DEMO_ORIGIN,
    AddressError,
    check_ip,
    check_url,
    ip_check,
    is_on_loopback,
    shown_url,
)

GATEWAY = "https://tokenhub.piegateway.me"
LOCAL = "http://127.0.0.1:8787"


@pytest.mark.parametrize(
    "url",
    [
        "https://img.example.com/a.png?X-Signature=a%2Fb",
        "https://img.example.com:8443/a.png",
        "https://IMG.example.com./a b.png",
        "https://例え.jp/图.png",
        "https://8.8.8.8/a",
        "https://[2606:4700::1111]/a",
        "https://[64:ff9b::8.8.8.8]/a",
        "https://[::ffff:8.8.8.8]:444/a",
        "https://1.example.com/a",
    ],
)
def test_public_https_is_fetched(url: str) -> None:
    check_url(url, gateway_origin=GATEWAY)


@pytest.mark.parametrize(
    "url",
    [
        "http://img.example.com/a.png",
        "ftp://img.example.com/a.png",
        "file:///etc/passwd",
        "/a.png",
        "",
        "https://",
        "https:///a.png",
        "https://user@img.example.com/",
        "https://user:word@img.example.com/",
        "https://img.example.com\\@127.0.0.1/",
        "https://127.0.0.1\\.example.com/",
        "https://img.example.com:99999/",
        "https://img.example.com:port/",
        "https://img.exa mple.com/",
        "https://img.example.com\n.evil.com/",
        "https://img%2eexample.com/",
        "https://a..b/",
        f"https://{'a' * 64}.com/",
        "https://[::1/",
        "https://localhost/",
        "https://x.localhost/",
        "https://LOCALHOST./",
        "https://127.0.0.1/",
        "https://127.0.0.1./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://0/",
        "https://999.1.1.1/",
        "https://1.2.3.4.5/",
        "https://0x/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::808:808]/",
        "https://[2002:808:808::1]/",
        "https://[2001:0:808:808::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "http://demo.invalid/a.png",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url, gateway_origin=GATEWAY)


@pytest.mark.parametrize(
    "ip",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1"),
        *("192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fc00::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
        *("2001:db8::1", "3fff::1", "100::1", "5f00::1", "::ffff:10.0.0.1", "host", ""),
    ],
)
def test_only_public_ips_are_connected_to(ip: str) -> None:
    with pytest.raises(AddressError):
        check_ip(ip)


def test_loopback_images_belong_to_a_loopback_gateway() -> None:
    for url in ("http://127.0.0.1:1/a", "http://localhost/a", "https://[::1]/a", "https://a.b/c"):
        check_url(url, gateway_origin=LOCAL)
    for url in ("http://img.example.com/a", "http://10.0.0.1/a", "https://10.0.0.1/a"):
        with pytest.raises(AddressError):
            check_url(url, gateway_origin=LOCAL)
    ip_check(LOCAL)("127.0.0.1")
    with pytest.raises(AddressError):
        ip_check(LOCAL)("10.0.0.1")
    with pytest.raises(AddressError):
        ip_check(GATEWAY)("127.0.0.1")
    assert is_on_loopback("https://localhost:8443")
    assert not is_on_loopback(GATEWAY)


def test_the_embedded_gateway_serves_only_itself() -> None:
    check_url("http://demo.invalid/images/1.png", gateway_origin=DEMO_ORIGIN)
    for url in ("http://demo.invalid:80@10.0.0.1/", "http://demo.invalid.x/", "http://10.0.0.1/"):
        with pytest.raises(AddressError):
            check_url(url, gateway_origin=DEMO_ORIGIN)


def test_a_shown_url_holds_no_secret() -> None:
    assert shown_url("https://u:p@h.example/b/c/d.png?X-Sig=s#f") == "h.example/…/d.png"
    assert shown_url("https://h.example/d\x1b.png") == "h.example/d\\x1b.png"
    assert shown_url("https://[") == "an unreadable URL"
