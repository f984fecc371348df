"""Serving: plain HTTP on this computer's own loopback, TLS for everybody else on the network.

Browsers treat loopback as a secure context; any other address needs TLS for the camera, and the
clinic's Wi-Fi must not be able to read along.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import ssl
import threading
import webbrowser
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from medilink.config import Config
from medilink.errors import PortInUse
from security.certificate import certificate_files
from ui.addresses import LOOPBACK, network_port, open_to_network, own_addresses

log = logging.getLogger("medilink")


class _Quiet(uvicorn.Server):
    """A second server in the same process: the first one listens to Ctrl-C for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def claim(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortInUse."""
    # With the protocol named, asyncio sets TCP_NODELAY: without it every page waits 40 ms longer.
    claimed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host, port))
    except OSError as trouble:
        claimed.close()
        if trouble.errno in (errno.EADDRINUSE, errno.EACCES, getattr(errno, "WSAEACCES", 0)):
            raise PortInUse(port=port, other=port + 10) from trouble
        raise
    claimed.set_inheritable(True)
    return claimed


def _settings(app: ASGIApp, **more: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=30 * 1024 * 1024,
        timeout_graceful_shutdown=3,
        **more,  # type: ignore[arg-type]
    )


def serve(app: ASGIApp, config: Config) -> None:
    """Serve until Ctrl-C. Raises PortInUse before anything else has begun."""
    local = claim(LOOPBACK, config.port)
    servers = [(uvicorn.Server(_settings(app)), local)]
    addresses = [f"http://localhost:{config.port}"]
    if open_to_network(config):
        outside = own_addresses() if config.host == "0.0.0.0" else [config.host]  # noqa: S104
        certificate, key = certificate_files(config.data_dir, outside)
        settings = _settings(app, ssl_certfile=certificate, ssl_keyfile=key, lifespan="off")
        settings.ssl_version = ssl.PROTOCOL_TLS_SERVER
        servers.append((_Quiet(settings), claim(config.host, network_port(config))))
        addresses += [f"https://{ip}:{network_port(config)}" for ip in outside]
    if config.open_browser:
        threading.Timer(1.5, webbrowser.open, (addresses[0],)).start()
    # uvicorn stops cleanly and then raises the signal again: caught here, so that whoever called
    # goes on to tidy up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(servers, addresses))


async def _run(servers: list[tuple[uvicorn.Server, socket.socket]], addresses: list[str]) -> None:
    main = asyncio.create_task(servers[0][0].serve([servers[0][1]]))
    while not servers[0][0].started and not main.done():
        await asyncio.sleep(0.02)
    others = [asyncio.create_task(server.serve([held])) for server, held in servers[1:]]
    if not main.done():
        _greet(addresses)
    await main
    for server, _ in servers[1:]:
        server.should_exit = True
    await asyncio.gather(*others)


def _greet(addresses: list[str]) -> None:
    print(f"MediLink is ready. On this computer: {addresses[0]}", flush=True)  # noqa: T201
    for address in addresses[1:]:
        print(f"  Other devices on this network: {address}", flush=True)  # noqa: T201
    print("Stop it with Ctrl-C.", flush=True)  # noqa: T201
