"""Installing the lock files with pip, and telling the person how far it is.

Every package is one the lock files name by hash, ready-made: nothing is built here.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

from ui.setting_up.places import (
    LOCKS,
    LOG,
    PACKAGES,
    PYTHON,
    ROOT,
    WHEELS,
    SetUpError,
    run_logged,
    say,
)
from ui.setting_up.reasons import sentence_for_pip
from ui.setting_up.stamps import unstamp

TELL_EVERY_SECONDS = 5  # in a log; a terminal shows each step


def install(needs: str) -> None:
    """Let pip install the lock files, telling how far it is; its own words go to the log."""
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-compile"]
    options += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    if WHEELS.is_dir():
        options += ["--no-index", "--find-links", str(WHEELS)]
    for name in LOCKS[needs]:
        options += ["-r", str(ROOT / name)]
    progress = Progress(pinned(needs))
    # -I: with somebody's PYTHONPATH pip would think packages there are installed here
    command = [str(PYTHON), "-I", "-X", "utf8", "-m", "pip", "install", *options]
    with LOG.open("a", buffering=1, encoding="utf-8") as log, start(command) as pip:
        for line in lines_of(pip):
            log.write(line)
            progress.hear(line)
    if sys.stderr.isatty():
        say("")  # leaves the redrawn line standing
    if pip.returncode != 0:
        raise SetUpError(sentence_for_pip("".join(progress.heard)))
    say("Setting up MediLink: making it start fast …")
    tests = r"[\\/]tests?[\\/]"  # half of all files, and never imported
    compileall = ["-m", "compileall", "-q", "-j0", "-x", tests, str(PACKAGES)]
    run_logged([str(PYTHON), "-I", *compileall], keep_lock=True)


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start pip, its output readable line by line; it inherits the set-up lock (close_fds)."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        close_fds=False,
    )


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """Each line as it comes, and an empty text for each half second of silence."""
    heard: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def listen() -> None:
        for line in process.stdout or ():
            heard.put(line)
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            line = heard.get(timeout=0.5)
        except queue.Empty:
            line = ""
        if line is None:
            return
        yield line


def pinned(needs: str) -> Counter[str]:
    """How often each package is pinned: more than once when the version depends on the Python."""
    texts = "".join((ROOT / name).read_text("utf-8") for name in LOCKS[needs])
    return Counter(re.findall(r"^([\w.-]+)==", texts, re.MULTILINE))


class Progress:
    """How far pip is, from its own lines: redrawn on a terminal, a line now and then in a log."""

    def __init__(self, pins: Counter[str]) -> None:
        self.pins = pins
        self.met: set[str] = set()
        self.before = installed()
        self.to_install = 0  # how many pip says it will install, once it has fetched them all
        self.heard: list[str] = []
        self.shown, self.said_at = "", 0.0

    def hear(self, line: str) -> None:
        """Take in one line of pip, or a silence, and show what changed."""
        self.heard.append(line)
        first, _, rest = line.strip().partition(" ")
        text = ""
        if first == "Ignoring":  # "Ignoring colorama: markers … don't match your environment"
            self.pins[rest.split(":")[0]] -= 1
        elif first in ("Collecting", "Processing"):  # the latter before the path of a local wheel
            package = re.split(r"==|-\d", re.split(r"[\\/]", rest.partition(" (from")[0])[-1])[0]
            self.met.add(package)
            total = sum(count > 0 for count in self.pins.values())
            text = f"fetching {len(self.met)} of {total} packages: {package}"
        elif first == "Downloading":  # "Downloading pyarrow-26.0.1-….whl (45.3 MB)"
            text = f"{self.shown} {rest.partition(' ')[2]}"
        elif first == "Requirement":  # "Requirement already satisfied: …"
            self.met.add(rest.split(": ")[-1].split("==")[0])
        elif line.startswith("WARNING: Retrying"):
            text = f"no answer from the package server after {len(self.met)} packages, trying again"
        elif line.startswith("Installing collected packages"):
            self.to_install = rest.count(",") + 1
            unstamp()
        self.show(self.installing() if self.to_install else text)

    def installing(self) -> str:
        """pip is silent while it installs, so what stands in the folder is counted."""
        return f"installing {len(installed() - self.before)} of {self.to_install} packages"

    def show(self, text: str) -> None:
        """Draw the line if it is news; in a log not more often than people can read."""
        if not text or text == self.shown:
            return
        self.shown = text
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns - 1
            line = f"Setting up MediLink: {text}"[:width]
            print(f"\r{line:<{width}}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self.said_at > TELL_EVERY_SECONDS:
            say(f"Setting up MediLink: {text}")
            self.said_at = time.monotonic()


def installed() -> set[str]:
    """What stands in the environment now, name and version."""
    return {entry.name for entry in PACKAGES.glob("*.dist-info")}
