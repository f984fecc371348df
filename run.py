"""MediLink's one door: it makes the environment MediLink runs in, then hands over to a verb.

What a verb does is not known here: VERBS names its function, imported only once the environment
stands (ui/setting_up makes it). Until then only the standard library is used.
"""

import contextlib
import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

PYTHONS = ((3, 11), (3, 12), (3, 13))  # the ones every locked package has wheels for
HERE = "{}.{}".format(*sys.version_info)
if sys.version_info[:2] not in PYTHONS:  # Python 3.6 can still read this file as far as here
    sys.exit(f"MediLink needs Python 3.11, 3.12 or 3.13; this is {HERE}. Try: python3.11 run.py")


sys.path.insert(0, str(Path(__file__).resolve().parent))  # python -P, or PYTHONSAFEPATH

from ui.setting_up.environment import make_ready  # noqa: E402 only once this Python can read it
from ui.setting_up.places import PYTHON, VENV, WINDOWS, SetUpError, running_inside  # noqa: E402


class Verb(NamedTuple):
    """`target` is "module:function", taking the arguments and answering the exit code."""

    target: str
    needs: str  # which lock files must be installed first: a key of LOCKS
    help: str


VERBS = MappingProxyType(
    {
        "serve": Verb("ui.commands.serve:main", "run", "start MediLink and open its page"),
        "demo": Verb("ui.commands.demo:main", "run", "the same with made-up people, thrown away"),
        "import": Verb("ui.commands.bring_in:main", "run", "bring records in from files"),
        "export": Verb("ui.commands.export:main", "run", "records out: one, or all of them"),
        "verify": Verb("ui.commands.verify:main", "run", "is this document genuine and unchanged"),
        "backup": Verb("ui.commands.backup:main", "run", "everything into one sealed file"),
        "backups": Verb("ui.commands.backups:main", "run", "are the backups in a folder sound"),
        "restore": Verb("ui.commands.restore:main", "run", "a clinic out of its backup"),
        "drill": Verb(
            "ui.commands.drill:main", "run", "restore every backup into a copy, to try it"
        ),
        "audit": Verb("ui.commands.audit:main", "run", "check or hand out the log of who did what"),
        "words": Verb("ui.commands.words:main", "dev", "bring the translations up to date"),
        "doctor": Verb("ui.commands.doctor:main", "run", "what is wrong here, and how to mend it"),
        "test": Verb("ui.commands.check:run_tests", "dev", "every check and every test"),
        "check": Verb("ui.commands.check:main", "dev", "lint, types, import rules, quick tests"),
        "bench": Verb("ui.commands.bench:main", "dev", "how fast it is on this computer"),
        "lock": Verb(
            "ui.setting_up.locking:lock_requirements",
            "nothing",
            "make the lock files anew (--upgrade)",
        ),
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

HANDED_OVER = "MEDILINK_HANDED_OVER"  # set for the one step into the environment, then removed


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
