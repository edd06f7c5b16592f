"""The app on a port of this machine, until it is interrupted."""

import contextlib
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from sim.errors import SimError
from view.app import App
from view.guard import is_loopback

_SECONDS_TO_CLOSE = 2


def serve(home: Path, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until an interrupt.

    Args:
        home: an experiment folder, or one that holds some.
        host: address to bind to.
        port: 0 for any free one.
        tell: told where the app is, in lines.

    Raises:
        SimError: the address cannot be bound.
    """
    with _bound(host, port) as listening:
        token = None if is_loopback(host) else secrets.token_urlsafe(24)
        app = App(home)
        for line in _lines(host, listening.getsockname()[1], token, app.live.home):
            tell(line)
        server = uvicorn.Server(
            uvicorn.Config(
                app.asgi(token),
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
            )
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SimError(
            f"cannot serve on {host} port {port}: {reason}; choose another with --host and --port"
        ) from None
    return made


def _lines(host: str, port: int, token: str | None, home: Path) -> list[str]:
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
    warning = (
        "warning: others in the network can reach this address; whoever has the token can play"
        " on your models and keys, and it goes over the wire unencrypted"
    )
    return [
        *([warning] if token else []),
        f"society view: {address}",
        f"live runs are stored in {home}; Ctrl-C ends",
    ]
