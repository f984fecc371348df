"""Parts of the operating system: the spare QR reader's library, a browser for the page tests, and
the commands with which tests open a backup without MediLink, make a stick, let the system fail.

All optional, and never asked for with a question to the person.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys

from ui.setting_up.places import LOG, PYTHON, WINDOWS, run_logged, say
from ui.setting_up.stamps import stamp

# Parts of the operating system, all optional: (package manager, how it installs, what it has).
MANAGERS: tuple[tuple[str, tuple[str, ...], dict[str, tuple[str, ...]]], ...] = (
    (
        "apt-get",
        (
            *("-o", "DPkg::Lock::Timeout=60"),
            *("install", "-y", "--no-install-recommends", "--no-remove"),
        ),
        {
            "zbar": ("libzbar0",),
            "browser": ("chromium", "fonts-noto-core"),
            "backup-tools": ("age", "zstd"),
            "stick-tools": ("dosfstools", "fusefat"),
            "fault-tools": ("libfiu0", "fiu-utils"),
        },
    ),
    (
        "dnf",
        ("install", "-y"),
        {"zbar": ("zbar",), "browser": ("chromium",), "backup-tools": ("age", "zstd")},
    ),
    (
        "apk",
        ("add",),
        {"zbar": ("zbar",), "browser": ("chromium", "font-noto"), "backup-tools": ("age", "zstd")},
    ),
    ("brew", ("install",), {"zbar": ("zbar",), "backup-tools": ("age", "zstd")}),
)
SBIN = ("/usr/sbin", "/sbin")
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
)


def add_zbar() -> None:
    """Try once to get the library behind the third QR reader; the other two do without it."""
    tried = stamp("zbar")
    if WINDOWS or tried.exists():  # pyzbar's Windows wheel brings its own
        return
    if not ctypes.util.find_library("zbar") and not add_system_part("zbar"):
        say("MediLink runs without libzbar, its spare QR reader (the other two are here).")
    tried.touch()


def add_browser() -> None:
    """Find or get a Chromium for the page tests; they fail, saying so, where there is none."""
    if find_browser() or (add_system_part("browser") and find_browser()):
        return
    say("Setting up MediLink: a browser for the page tests (playwright) …")
    may = shutil.which("apt-get") and rights_for("apt-get") is not None
    command = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    if run_logged([*command, "--with-deps"] if may else command) != 0:
        say(f"No browser for the page tests, which will fail: set MEDILINK_CHROMIUM. See {LOG}.")


def add_backup_tools() -> None:
    """Find or get `age` and `zstd`; without them the tests that open a backup with nothing else
    are left out, saying so."""
    if not (shutil.which("age") and shutil.which("zstd")):
        add_system_part("backup-tools")


def add_test_tools() -> None:
    """Find or get what makes a FAT stick and what lets calls to the system fail; without them the
    tests that need them are left out, saying so."""
    if not (which_tool("mkfs.vfat") and which_tool("fusefat")):
        add_system_part("stick-tools")
    if not which_tool("fiu-run"):
        add_system_part("fault-tools")


def which_tool(name: str) -> str | None:
    """Where a command is, in the folders for administrators too."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *SBIN)))


def find_browser() -> str | None:
    """A Chromium on this computer; with None, Playwright's own may still be there."""
    named = os.environ.get("MEDILINK_CHROMIUM")
    found = (shutil.which(os.path.expandvars(name)) for name in ([named] if named else BROWSERS))
    return next((path for path in found if path), None)


def add_system_part(part: str) -> bool:
    """Ask the package manager for a part, if we may without asking the person anything."""
    for manager, how, parts in MANAGERS:
        rights = rights_for(manager) if part in parts and shutil.which(manager) else None
        if rights is None:
            continue
        say(f"Setting up MediLink: {parts[part][0]} ({manager}) …")
        command = [*rights, manager, *how, *parts[part]]
        if run_logged(command) == 0:
            return True
        if manager == "apt-get" and run_logged([*rights, manager, "update"]) == 0:
            return run_logged(command) == 0
    return False


def rights_for(manager: str) -> list[str] | None:
    """What to put before the package manager's name; None if we have no right to run it."""
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if sys.platform == "win32" or os.environ.get("MEDILINK_SYSTEM") == "no":
        return None
    if manager == "brew":
        return None if os.geteuid() == 0 else []  # brew refuses to run as root
    if os.geteuid() == 0:
        return quiet
    sudo = shutil.which("sudo")
    if sudo and run_logged([sudo, "-n", "true"]) == 0:
        return [sudo, "-n", *quiet]
    return None
