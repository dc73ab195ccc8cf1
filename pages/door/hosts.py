"""The Host of every request is a name of ours, or the request is refused.

A page elsewhere can let its own name point at this machine (DNS rebinding) and would then read all
that the server answers. Streamlit's `server.allowedHosts` guards the websocket alone.
"""

from __future__ import annotations

import ipaddress
import os
import re
import sys

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from igcore.errors import Refused

LOCAL = ("localhost", "127.0.0.1", "[::1]")
FOREIGN = (
    "Igcore does not answer to the name in this address. "
    "Whoever runs it can add the name: start it with IGCORE_HOSTS=name.\n"
)
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]*)?")
_LABEL = "[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class Hosts:
    """ASGI middleware that lets through what was asked of one of these names, in lower case.

    A request without a Host, with several, or with another one is answered by a sentence (403), and
    a websocket is not opened.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "lifespan" or asked(scope) in self.names
        answer = self.app if known else PlainTextResponse(FOREIGN, status_code=403)
        await answer(scope, receive, send)


def asked(scope: Scope) -> str | None:
    """The host that a request names, in lower case without its port; None if not exactly one."""
    given = [value for name, value in scope["headers"] if name == b"host"]
    found = _HOST.fullmatch(given[0].decode("latin-1").lower()) if len(given) == 1 else None
    return found[1] if found else None


def guard() -> Middleware:
    """The check for this server, with the names of IGCORE_HOSTS; Streamlit is given the same ones.

    Ends the start with a sentence and exit code 1 where IGCORE_HOSTS holds what is no host name, or
    is missing beside an address other than localhost.
    """
    try:
        names = named(os.environ.get("IGCORE_HOSTS", ""))
        check_address(config.get_option("server.address"), names)
    except Refused as refusal:
        sys.exit(f"Igcore was not started. {refusal}")
    allowed = (*LOCAL, *names)
    # Streamlit compares IPv6 without its brackets.
    config.set_option("server.allowedHosts", [name.strip("[]") for name in allowed])
    return Middleware(Hosts, names=frozenset(allowed))


def named(text: str) -> tuple[str, ...]:
    """Host names of a comma separated list, as browsers send them: lower case, IPv6 in brackets.

    Raises Refused for what is no host name alone.
    """
    return tuple(_name(part.strip()) for part in text.split(",") if part.strip())


def _name(given: str) -> str:
    name = given.lower()
    if _NAME.fullmatch(name) and len(name) <= 253:
        return name
    if name.startswith("[") and name.endswith("]"):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1]).compressed}]"
        except ValueError:
            pass  # said below
    raise Refused(
        f'IGCORE_HOSTS: "{given}" is no host name. Give names alone, separated by commas, without '
        "https://, port, path or *, and IPv6 in brackets: IGCORE_HOSTS=igcore.example.org."
    )


def check_address(address: str | None, names: tuple[str, ...]) -> None:
    """Refuse to listen beyond this machine while no host is named; no address means all of them."""
    listened = address or "0.0.0.0"
    if names or local(listened):
        return
    raise Refused(
        f'The address "{listened}" opens it to the network, and IGCORE_HOSTS is not set. '
        "Say by which names people reach it, as in IGCORE_HOSTS=igcore.example.org, or leave the "
        "address (IGCORE_ADDRESS, --server.address) at localhost."
    )


def local(address: str) -> bool:
    """True for an address that only this machine can reach."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"
