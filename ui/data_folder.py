"""The folder the store lives in, and what set-up or a restore has begun there."""

from __future__ import annotations

from database.rebuilding import forget_store
from medilink.config import Config
from medilink.errors import FolderReadOnly

MAY_WRITE = ".may-write"  # a file that shows it


def forget_begun_store(config: Config) -> None:
    """Remove a store that was begun and never finished."""
    forget_store(config.begun_store_file)


def finish_begun_store(config: Config) -> None:
    """The last step of set-up, also after a power cut before it."""
    if config.begun_store_file.is_file() and not config.store_file.exists():
        config.begun_store_file.rename(config.store_file)


def make_folder(config: Config) -> None:
    """Make the data folder, for its owner only. Raises FolderReadOnly."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = config.data_dir / MAY_WRITE
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as trouble:
        raise FolderReadOnly(folder=config.data_dir) from trouble
