"""MediLink's one door: it makes the environment MediLink runs in, then hands over to a verb.

What a verb does is not known here: VERBS names its function, imported only once the environment
stands. Until then only the standard library is used. What always holds:

- a set-up that did not finish leaves no stamp, and the next start makes it anew;
- with the stamp in place a start runs no installer and touches no network;
- every package is one of those the lock files name by hash, ready-made: nothing is built here.
"""

import contextlib
import ctypes.util
import errno
import hashlib
import importlib
import importlib.util
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PYTHONS = ((3, 11), (3, 12), (3, 13))  # the ones every locked package has wheels for
HERE = "{}.{}".format(*sys.version_info)
if sys.version_info[:2] not in PYTHONS:  # Python 3.6 can still read this file as far as here
    sys.exit(f"MediLink needs Python 3.11, 3.12 or 3.13; this is {HERE}. Try: python3.11 run.py")


class Verb(NamedTuple):
    """`target` is "module:function", taking the arguments and answering the exit code."""

    target: str
    needs: str  # which lock files must be installed first: a key of LOCKS
    help: str


LOCKS = MappingProxyType(
    {
        "nothing": (),
        "run": ("requirements.txt",),
        "dev": ("requirements.txt", "requirements-dev.txt"),
    }
)
VERBS = MappingProxyType(
    {
        "serve": Verb("ui.commands.serve:main", "run", "start MediLink and open its page"),
        "demo": Verb("ui.commands.demo:main", "run", "the same with made-up people, thrown away"),
        "import": Verb("ui.commands.bring_in:main", "run", "bring records in from files"),
        "audit": Verb("ui.commands.audit:main", "run", "check or hand out the log of who did what"),
        "doctor": Verb("ui.commands.doctor:main", "run", "what is wrong here, and how to mend it"),
        "test": Verb("ui.commands.check:run_tests", "dev", "every check and every test"),
        "check": Verb("ui.commands.check:main", "dev", "lint, types, import rules, quick tests"),
        "bench": Verb("ui.commands.bench:main", "dev", "how fast it is on this computer"),
        "lock": Verb("run:lock_requirements", "nothing", "make the lock files anew (--upgrade)"),
    }
)
USAGE = """\
usage: python run.py [VERB] [OPTIONS]        no verb: serve

{verbs}

Every verb has its own --help. The first start sets MediLink up in {venv}
and needs the internet once. Without internet: make a folder wheels/ beside run.py on a connected
computer of the same kind and Python, with
  python -m pip download --require-hashes --only-binary :all: -r requirements.txt -d wheels
and carry it over: what is in wheels/ is used and nothing is fetched.

MEDILINK_VENV=FOLDER      set MediLink up in this folder instead
MEDILINK_CHROMIUM=FILE    the browser the page tests drive
MEDILINK_SYSTEM=no        never ask this computer's own package manager for anything
"""

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("MEDILINK_VENV") or ROOT / ".venv").expanduser().absolute()
WHEELS = ROOT / "wheels"  # carried over for a set-up without internet
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
PACKAGES = VENV / ("Lib/site-packages" if WINDOWS else f"lib/python{HERE}/site-packages")
LOG = VENV.with_name(VENV.name + ".log")
GATE = VENV.with_name(VENV.name + ".lock")
HANDED_OVER = "MEDILINK_HANDED_OVER"  # set for the one step into the environment, then removed
LOCKER = "uv==0.13.8"  # pinned, so that two people locking get the same file

TELL_EVERY_SECONDS = 5  # in a log; a terminal shows each step
SYSTEM_SECONDS = 900  # a browser over a slow line; the small parts take a few seconds

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

# Parts of the operating system, all optional: (package manager, how it installs, what it has).
MANAGERS: tuple[tuple[str, tuple[str, ...], dict[str, tuple[str, ...]]], ...] = (
    (
        "apt-get",
        ("-o", "DPkg::Lock::Timeout=60", "install", "-y", "--no-install-recommends"),
        {"zbar": ("libzbar0",), "browser": ("chromium", "fonts-noto-core")},
    ),
    ("dnf", ("install", "-y"), {"zbar": ("zbar",), "browser": ("chromium",)}),
    ("apk", ("add",), {"zbar": ("zbar",), "browser": ("chromium", "font-noto")}),
    ("brew", ("install",), {"zbar": ("zbar",)}),
)
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
)


class SetUpError(Exception):
    """MediLink cannot be set up; the text is the sentence the person reads."""


def main(argv: list[str]) -> int:
    """Find the verb, make its environment stand, and run it there."""
    if argv[:1] in (["-h"], ["--help"], ["help"]):
        print(usage())
        return 0
    named = argv and not argv[0].startswith("-")
    verb, rest = (argv[0], argv[1:]) if named else ("serve", argv)
    if verb not in VERBS:
        print(f"MediLink has no verb {verb!r}; it has: {', '.join(VERBS)}.", file=sys.stderr)
        return 2
    if VERBS[verb].needs != "nothing" and not os.environ.pop(HANDED_OVER, ""):
        try:
            make_ready(VERBS[verb].needs)
        except SetUpError as error:
            print(error, file=sys.stderr)
            return 1
        if not running_inside():
            return hand_over(argv)
    return call(VERBS[verb].target, rest)


def usage() -> str:
    """What --help prints."""
    return USAGE.format(verbs="\n".join(f"  {v:8} {VERBS[v].help}" for v in VERBS), venv=VENV)


def call(target: str, argv: list[str]) -> int:
    """Import a verb's function and run it."""
    if str(ROOT) not in sys.path:  # python -P, or PYTHONSAFEPATH
        sys.path.insert(0, str(ROOT))
    module, function = target.split(":")
    return int(getattr(importlib.import_module(module), function)(argv))


def hand_over(argv: list[str]) -> int:
    """Run this file again with the environment's Python; on POSIX this process becomes that one."""
    command = [str(PYTHON), str(Path(__file__).resolve()), *argv]
    env = {**os.environ, HANDED_OVER: "yes"}
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(PYTHON, command, env)  # noqa: S606 no shell is wanted
    with subprocess.Popen(command, env=env) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the child got the Ctrl-C too: it decides
                return child.wait()


# --- Is the environment whole? ---------------------------------------------------------------


def running_inside() -> bool:
    """Whether this Python is the environment's own."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def stamp(needs: str) -> Path:
    """The file that says this set of lock files is wholly installed."""
    return VENV / f"medilink-{needs}.stamp"


def lock_digest(needs: str) -> str:
    """SHA-256 over the lock files, so that an update of MediLink is noticed."""
    texts = b"".join((ROOT / name).read_bytes() for name in LOCKS[needs])
    return hashlib.sha256(texts).hexdigest()


def unstamp() -> None:
    """From here on the environment is neither the old one nor the new one."""
    for needs in ("run", "dev"):
        stamp(needs).unlink(missing_ok=True)


def stamped(needs: str) -> tuple[str, str]:
    """(digest, Python version) as stamped, or two empty texts."""
    try:
        digest, _, version = stamp(needs).read_text("utf-8").strip().partition(" ")
    except FileNotFoundError:
        return "", ""
    return digest, version


def is_ready(needs: str) -> bool:
    """Whether the environment is whole and of these lock files.

    One made with another supported Python is used as it is: making it anew would pull it away
    under a MediLink that is running. Its Python is asked only then (an upgrade of the system may
    have put a different one behind the same name).
    """
    digest, version = stamped(needs)
    if digest != lock_digest(needs) or not os.access(PYTHON, os.X_OK):
        return False
    return version == HERE or version == version_of(PYTHON)


def version_of(python: Path) -> str:
    """The version this Python says it has, as "3.11"."""
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


# --- Making it -------------------------------------------------------------------------------


def make_ready(needs: str) -> None:
    """Return once the environment stands; raise SetUpError with one sentence if it cannot."""
    if is_ready(needs):
        return
    try:
        VENV.parent.mkdir(parents=True, exist_ok=True)
        with one_at_a_time():
            if not is_ready(needs):  # another start may have made it while this one waited
                build(needs)
    except OSError as error:
        raise SetUpError(sentence_for(error)) from error
    except KeyboardInterrupt:
        raise SetUpError("\nSet-up stopped; the next start takes it up again.") from None


def build(needs: str) -> None:
    """Make the environment, fill it, and stamp it as the last thing."""
    begun = time.monotonic()
    LOG.write_text("", "utf-8")
    if not can_be_filled_up():
        make_empty()
    install(needs)
    add_zbar()
    if needs == "dev":
        add_browser()
    for known in {"run", needs}:
        stamp(known).write_text(f"{lock_digest(known)} {HERE}\n", "utf-8")
    say(f"MediLink is set up ({time.monotonic() - begun:.0f} s).")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up lock, waiting for another start that has it.

    The system frees the lock when its holder dies. pip inherits it, so a pip that outlives a
    killed start is waited for too.
    """
    with GATE.open("a") as gate:
        os.set_inheritable(gate.fileno(), True)
        told = False
        while not try_lock(gate.fileno()):
            if not told:
                say("Another start is setting MediLink up; waiting for it …")
            told = True
            time.sleep(0.2)
        yield


def try_lock(descriptor: int) -> bool:
    """Take the lock if it is free."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def can_be_filled_up() -> bool:
    """Whether pip can bring what is there up to date.

    True for one that was whole for this Python, and for one we are running in: it cannot be
    removed from under ourselves.
    """
    whole = any(stamped(needs)[1] == HERE for needs in ("run", "dev"))
    return running_inside() or (whole and version_of(PYTHON) == HERE)


def make_empty() -> None:
    """Remove a half-made environment and make an empty one."""
    if VENV.is_dir() and VENV != ROOT / ".venv" and not (VENV / "pyvenv.cfg").exists():
        if any(VENV.iterdir()):  # never somebody's documents
            raise SetUpError(f"{VENV} holds other things; name an empty folder in MEDILINK_VENV.")
    if VENV.exists():
        say("The last set-up did not finish, or was for another Python: making it anew.")
        shutil.rmtree(VENV)
    if not importlib.util.find_spec("ensurepip"):
        raise SetUpError("This Python has no venv; on Debian: sudo apt install python3-venv")
    say("Setting up MediLink (first start only) …")
    if run_logged([sys.executable, "-I", "-m", "venv", str(VENV)], keep_lock=True) != 0:
        raise SetUpError(f"Python's venv could not make {VENV}; its last words are in {LOG}.")


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


# --- Saying what went wrong ------------------------------------------------------------------


def say(text: str) -> None:
    """One line to the person, beside a verb's own output."""
    print(text, file=sys.stderr, flush=True)


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


# --- Parts of the operating system -----------------------------------------------------------


def run_logged(command: list[str], *, keep_lock: bool = False) -> int:
    """Run a command with its words in the log and no questions asked; answer its exit code.

    Only what writes the environment may keep the set-up lock: a service that apt starts would
    hold it for ever.
    """
    with LOG.open("a", encoding="utf-8") as log:
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=SYSTEM_SECONDS,
                close_fds=not keep_lock,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return 1


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


# --- The lock files --------------------------------------------------------------------------


def lock_requirements(argv: list[str]) -> int:
    """Make both lock files anew from their .in files, with no trace of where they were made."""
    options = ["--universal", "--generate-hashes", "--python-version", "{}.{}".format(*PYTHONS[0])]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    options += ["--custom-compile-command", "python run.py lock", *argv]
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder, PYTHON.relative_to(VENV)))
        steps = [
            [sys.executable, "-m", "venv", folder],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", LOCKER],
        ]
        for name in ("requirements", "requirements-dev"):
            files = [f"{name}.in", "--output-file", f"{name}.txt"]
            steps.append([python, "-m", "uv", "pip", "compile", *options, *files])
        codes = (subprocess.run(step, cwd=ROOT, check=False).returncode for step in steps)
        return 1 if any(codes) else 0  # any() stops at the first that failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
