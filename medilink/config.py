"""What one run of MediLink needs to know from outside, read once and passed on.

Order: command line, environment (MEDILINK_…), defaults. Nothing about the clinic itself lives here;
that is in the store, under encryption.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PORT_DEFAULT = 8600
IN_USE = "in-use.lock"  # held by the one process that serves a data folder
HOST_DEFAULT = "0.0.0.0"  # noqa: S104 other devices of the clinic reach it, over TLS only (ui/serve.py)


@dataclass(frozen=True, slots=True)
class Config:
    """Where the data is and how the page is reached.

    `keys_dir` holds what must not travel with the data folder: the unattended unlock key.
    `hash_cost` is "full" (RFC 9106) or "light" for throwaway stores and tests. `own_backups`: the
    served clinic makes its backups by itself.
    """

    data_dir: Path
    keys_dir: Path
    host: str = HOST_DEFAULT
    port: int = PORT_DEFAULT
    open_browser: bool = True
    demo: bool = False
    hash_cost: str = "full"
    own_backups: bool = False

    @property
    def store_file(self) -> Path:
        return self.data_dir / "records.db"

    @property
    def begun_store_file(self) -> Path:
        """The store while set-up is writing it; it becomes `store_file` once the keys are kept."""
        return self.data_dir / "records.begun"

    @property
    def slots_file(self) -> Path:
        return self.data_dir / "keys.json"

    @property
    def head_file(self) -> Path:
        return self.data_dir / "log-head.json"

    @property
    def backups_dir(self) -> Path:
        """Where backups are made, and from where they are carried on."""
        return self.data_dir / "backups"

    @property
    def backups_known_file(self) -> Path:
        """What is remembered of the backups."""
        return self.data_dir / "backups.json"

    @property
    def wrong_tries_file(self) -> Path:
        """When somebody tried to unlock in vain, since the store was open last."""
        return self.data_dir / "wrong-tries.txt"


def default_folders() -> tuple[Path, Path]:
    """(data folder, keys folder) where this operating system expects them."""
    return (
        Path(platformdirs.user_data_dir("MediLink", appauthor=False)),
        Path(platformdirs.user_config_dir("MediLink", appauthor=False)),
    )


def read_config(
    *, data: str | None = None, host: str | None = None, port: int | None = None, **rest: bool
) -> Config:
    """Config from arguments, else environment, else defaults. Makes no folder."""
    env = os.environ
    own_backups = rest.pop("own_backups", True) and env.get("MEDILINK_BACKUPS") != "off"
    data_default, keys_default = default_folders()
    return Config(
        data_dir=Path(data or env.get("MEDILINK_DATA") or data_default).expanduser().resolve(),
        keys_dir=Path(env.get("MEDILINK_KEYS") or keys_default).expanduser().resolve(),
        host=host or env.get("MEDILINK_HOST") or HOST_DEFAULT,
        port=port or int(env.get("MEDILINK_PORT") or PORT_DEFAULT),
        hash_cost=env.get("MEDILINK_HASH_COST") or "full",
        own_backups=own_backups,
        **rest,
    )
