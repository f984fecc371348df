"""Why set-up failed, and what a person can do about it.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import errno
import re
import sys

from ui.setting_up.places import HERE, LOG, VENV, WHEELS

# What pip says → what a person can do about it. The first match wins: without a network pip ends
# on "no matching distribution" as well.
REASONS = (
    (r"No space left|Errno 28|WinError 112", "the disk is full (it takes about 1.5 GB)"),
    (
        r"(?s)DO NOT MATCH THE HASHES.*?^ {4}(\S+)",
        "{0} is not the file the lock file names (changed on the way?), so nothing was installed",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "the package server did not prove who it is; check this computer's date and time",
    ),
    (
        r"NewConnectionError|NameResolution|name resolution|getaddrinfo|Connection refused|"
        r"ConnectTimeout|ReadTimeout|timed out|ProxyError|RemoteDisconnected|unreachable",
        "the package server cannot be reached; the first start needs the internet, or a wheels/ "
        "folder (see: python run.py --help)",
    ),
    (
        r"No matching distribution found for ([^\s=]+)",
        "there is no ready-made {0} for this computer "
        f"({sys.platform}, Python {HERE}{', in wheels/' if WHEELS.is_dir() else ''})",
    ),
    (r"(?s).*^(?:Collecting|Processing) (\S+)", "the installer stopped at {0}"),
)


def sentence_for_pip(output: str) -> str:
    """Why pip failed, and what to do."""
    matches = ((re.search(pattern, output, re.MULTILINE), text) for pattern, text in REASONS)
    reason = next((text.format(*found.groups()) for found, text in matches if found), "pip failed")
    return f"MediLink could not be set up: {reason}. The installer's last words are in {LOG}."


def sentence_for(error: OSError) -> str:
    """Why a file could not be written, and what to do."""
    where, move = VENV.parent, "move MediLink to a folder you may write in, or set MEDILINK_VENV"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"MediLink cannot be set up: it may not write in {where}; {move}."
    if error.errno == errno.ENOSPC:
        return f"MediLink cannot be set up: the disk of {where} is full (it takes about 1.5 GB)."
    return f"MediLink cannot be set up: {error}."
