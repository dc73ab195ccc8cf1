"""Only localhost and the names of IGCORE_HOSTS are answered, by every route, and at the start."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from igcore.errors import Refused
from igcore.store import ROOT
from pages.door import hosts
from tests.pages.conftest import free_port, serve

NAME = "igcore.example.org"
EVIL = "evil.example.org"
KINDS = ["http", "websocket"]
OURS = [
    "localhost",
    "localhost:8501",
    "LocalHost:8501",
    "127.0.0.1:8501",
    "[::1]",
    "[::1]:8501",
    NAME,
    "IGCORE.example.ORG:443",
]
FOREIGN = [
    EVIL,
    f"{EVIL}:8501",
    f"{NAME}.{EVIL}",
    f"evil.{NAME}",
    f"{NAME}.",
    f"{NAME}:80:80",
    f"{NAME}:port",
    f"evil@{NAME}",
    f"{NAME}, {EVIL}",
    f"{NAME}/",
    "[::2]:8501",
    "[::1",
    "::1",
    f"[::1]{EVIL}",
    "*",
    "",
    ":8501",
    "\xe9",
]

Answer = tuple[int, str]


def sent(kind: str, *given: str) -> list[dict]:
    """What the check sends for a request with these Hosts; [] if it let the request through."""
    answered: list[dict] = []
    let_through: list[dict] = []

    async def app(scope, receive, send) -> None:
        let_through.append(scope)

    async def send(message: dict) -> None:
        answered.append(message)

    async def receive() -> dict:
        raise AssertionError("a refusal reads nothing of the request")

    headers = [(b"accept", b"*/*"), *((b"host", host.encode("latin-1")) for host in given)]
    scope = {"type": kind, "path": "/", "headers": headers}
    check = hosts.Hosts(app, frozenset({*hosts.LOCAL, NAME}))
    asyncio.run(check(scope, receive, send))
    assert len(let_through) == (0 if answered else 1)
    return answered


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", OURS)
def test_our_names_are_let_through_with_any_port_and_in_any_case(kind, host) -> None:
    assert sent(kind, host) == []


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused_in_words_that_name_the_cure(host) -> None:
    start, body = sent("http", host)
    assert (start["type"], start["status"]) == ("http.response.start", 403)
    assert (b"content-type", b"text/plain; charset=utf-8") in start["headers"]
    assert b"IGCORE_HOSTS=name" in body["body"]


@pytest.mark.parametrize("host", FOREIGN)
def test_a_websocket_under_a_foreign_host_is_not_accepted(host) -> None:
    start, *_ = sent("websocket", host)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [(), ("localhost", "localhost"), ("localhost", EVIL)])
def test_no_host_and_several_hosts_are_refused(kind, given) -> None:
    assert sent(kind, *given)[0]["status"] == 403


def test_the_servers_own_start_is_no_request() -> None:
    assert sent("lifespan") == []


def test_hosts_are_read_with_spaces_in_any_case_and_ipv6_in_its_short_form() -> None:
    text = " Igcore.example.org, ward_7,10.0.0.7 ,, [FD00:0:0::7],"
    assert hosts.named(text) == (NAME, "ward_7", "10.0.0.7", "[fd00::7]")
    assert hosts.named("") == hosts.named(" , ") == ()


@pytest.mark.parametrize(
    "wrong",
    ["https://a.org", "a.org/igcore", "a.org:443", "*", "*.a.org", "fd00::7", "[fd00::7", "[a.org]",
     "a b", "a..org", "-a.org", ".a.org", "a.org.", "münchen.de", "me@a.org", "a" * 64],
)  # fmt: skip
def test_what_is_no_host_name_is_refused_in_words(wrong) -> None:
    with pytest.raises(Refused, match=re.escape(f'IGCORE_HOSTS: "{wrong}" is no host name.')):
        hosts.named(f"{NAME}, {wrong}")


@pytest.mark.parametrize("address", ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.2", "::1"])
def test_an_address_of_this_machine_needs_no_names(address) -> None:
    hosts.check_address(address, ())


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "10.0.0.7", NAME])
def test_an_open_address_needs_names(address) -> None:
    hosts.check_address(address, (NAME,))
    with pytest.raises(Refused, match="opens it to the network, and IGCORE_HOSTS is not set"):
        hosts.check_address(address, ())


@pytest.fixture
def options() -> Iterator[None]:
    """Streamlit's options of the door, as they were before once the test is over."""
    before = {name: config.get_option(name) for name in ("server.address", "server.allowedHosts")}
    yield
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.usefixtures("options")
def test_streamlit_allows_the_same_hosts_for_its_websocket(monkeypatch) -> None:
    monkeypatch.setenv("IGCORE_HOSTS", f"{NAME}, [fd00::7]")
    guard = hosts.guard()
    assert guard.kwargs["names"] == {*hosts.LOCAL, NAME, "[fd00::7]"}
    assert config.get_option("server.allowedHosts") == [
        "localhost", "127.0.0.1", "::1", NAME, "fd00::7",
    ]  # fmt: skip
    assert all(is_host_allowed(host) for host in [*OURS, "[fd00::7]:8501"])
    assert not is_host_allowed(EVIL)


@pytest.mark.usefixtures("options")
@pytest.mark.parametrize(
    "address, named, reason",
    [("0.0.0.0", "", "opens it to the network"), ("localhost", "*", "is no host name")],
)
def test_a_refused_start_ends_with_a_sentence(monkeypatch, address, named, reason) -> None:
    monkeypatch.setenv("IGCORE_HOSTS", named)
    config.set_option("server.address", address)
    with pytest.raises(SystemExit, match=f"^Igcore was not started.*{reason}"):
        hosts.guard()


def test_streamlit_run_with_an_open_address_and_no_names_ends_in_words(tmp_path) -> None:
    environment = {**os.environ, "IGCORE_HOSTS": "", "IGCORE_POOL": str(tmp_path / "pool.duckdb")}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
    # With an address to show, Streamlit does not ask the internet for the machine's own.
    shown = ["--server.port", str(free_port()), "--browser.serverAddress", "localhost"]
    ended = subprocess.run(
        [*command, *shown],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert 'Igcore was not started. The address "0.0.0.0" opens it' in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture(scope="module")
def address(demo_file, tmp_path_factory) -> Iterator[str]:
    """The address of a dashboard that was started with IGCORE_HOSTS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IGCORE_HOSTS", NAME)
        yield from serve(tmp_path_factory.mktemp("named"), demo_file)


def answer(address: str, host: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Status and text that the server at the address gives to this host, as a proxy would ask."""
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, headers={"Host": host, **named})
    got = line.getresponse()
    read = got.status, got.read().decode()
    line.close()
    return read


def test_every_route_of_the_server_refuses_a_foreign_host_and_answers_ours(address) -> None:
    script = re.search(r'src="\.(/static/[^"]+\.js)"', answer(address, NAME, "/")[1])[1]
    for path in ("/", "/survival", script, "/_stcore/health", "/_stcore/host-config"):
        assert answer(address, EVIL, path) == (403, hosts.FOREIGN), path
        assert answer(address, NAME, path)[0] == 200, path
    for method, path in (
        ("PUT", "/_stcore/upload_file/session/file"),
        ("GET", "/media/file.csv"),
        ("GET", "/component/a/index.html"),
        ("GET", "/_stcore/metrics"),
    ):
        assert answer(address, EVIL, path, method) == (403, hosts.FOREIGN), path
        assert answer(address, NAME, path, method)[1] != hosts.FOREIGN, path


def test_the_websocket_of_the_server_opens_for_our_hosts_only(address) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",  # RFC 6455, section 1.3
        "Sec_WebSocket_Protocol": "streamlit",
    }
    for host, status in ((NAME, 101), (EVIL, 403)):
        # Behind a proxy the page's origin is the name that the browser shows.
        asked = {**handshake, "Origin": f"https://{host}"}
        assert answer(address, host, "/_stcore/stream", **asked)[0] == status


def test_no_page_of_another_site_may_steer_ours_from_a_frame(address) -> None:
    told = json.loads(answer(address, NAME, "/_stcore/host-config")[1])
    assert told["allowedOrigins"] == []
