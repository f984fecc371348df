"""Serving for real: TLS for other devices, a busy port, a clean stop, a second server refused."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from medilink.errors import PortInUse
from security.certificate import certificate_files, fingerprint
from tests.browser.driving import ROOT, free_port, running
from ui.serving import claim

pytestmark = [pytest.mark.slow]
OTHER_DEVICE = "127.0.0.2"  # also this machine, but not the address plain HTTP is served on


def no_redirects() -> urllib.request.OpenerDirector:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=context))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_other_devices_get_tls_and_no_set_up(tmp_path: Path) -> None:
    with running(tmp_path / "clinic", "--host", OTHER_DEVICE) as server:
        port = int(server.url.rpartition(":")[2])
        outside = f"https://{OTHER_DEVICE}:{port + 1}"
        with no_redirects().open(f"{outside}/healthz") as answer:
            assert answer.status == 200
        pem = ssl.get_server_certificate((OTHER_DEVICE, port + 1))
        kept = server.data / "tls-certificate.pem"
        assert pem.strip() == kept.read_text().strip()
        assert (server.data / "tls-key.pem").stat().st_mode & 0o077 == 0
        with pytest.raises(OSError, match=r"refused|reset|timed out"):
            urllib.request.urlopen(f"http://{OTHER_DEVICE}:{port}/healthz", timeout=3)


def test_a_certificate_is_kept_until_the_addresses_change(tmp_path: Path) -> None:
    first, _ = certificate_files(tmp_path, ["192.0.2.7"])
    print_before = fingerprint(first)
    assert fingerprint(certificate_files(tmp_path, ["192.0.2.7"])[0]) == print_before
    assert fingerprint(certificate_files(tmp_path, ["192.0.2.8"])[0]) != print_before


def test_a_busy_port_is_one_sentence_with_another_port() -> None:
    port = free_port()
    held = claim("127.0.0.1", port)
    held.listen()
    with pytest.raises(PortInUse) as told:
        claim("127.0.0.1", port)
    assert f"--port {port + 10}" in told.value.sentence
    held.close()


def start(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    code = "import sys; from ui.commands.serve import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_server_and_a_busy_port_end_with_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path / "clinic") as server:
        environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        same = ["--data", str(server.data), "--no-browser", "--host", "127.0.0.1"]
        done = start([*same, "--port", str(free_port())], environment)
        assert (done.returncode, done.stdout) == (1, "")
        assert "already running" in done.stderr
        assert "Traceback" not in done.stderr
        port = server.url.rpartition(":")[2]
        other = ["--data", str(tmp_path / "other"), "--no-browser", "--host", "127.0.0.1"]
        done = start([*other, "--port", port], environment)
        assert done.returncode == 1
        assert "already in use" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_it_stops_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path / "demo", "--patients", "2", verb="demo") as server:
        folders = set(Path(tempfile.gettempdir()).glob("medilink-demo-*"))
        server.process.send_signal(how)
        assert server.process.wait(20) == 0
        assert "Traceback" not in server.log.read_text()
        gone = folders - set(Path(tempfile.gettempdir()).glob("medilink-demo-*"))
        assert gone, "the demonstration deletes what it made"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(server.url.rpartition(":")[2]))) != 0
