"""From what somebody chose on the page to a place backups can be carried to, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backup.destinations import Place, plain_trouble
from backup.folder import Folder, claim_folder
from backup.patience import Bounded, CalledOff, nobody_calls
from backup.s3 import S3, Bucket
from backup.sftp import Address, Sftp
from backup.stick import Stick, Volume, Volumes, claim_stick, volumes_here
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.errors import FolderNotThere, PlaceInside

_SYSTEM = frozenset(
    Path(path)
    for path in ("/", "/boot", "/boot/efi", "/efi", "/home", "/usr", "/var", "/tmp", "/nix")  # noqa: S108 names of volumes, nothing is written there
)


def choose_folder(path: Path, data_dir: Path) -> ChosenPlace:
    """A folder, or a share that is mounted as one. Raises FolderNotThere, PlaceInside,
    PlaceReadOnly."""
    if not path.is_absolute() or not path.is_dir():
        raise FolderNotThere(folder=path)
    found = path.resolve()
    if _lies_inside(found, data_dir):
        raise PlaceInside
    with plain_trouble(0):
        mark = claim_folder(found)
    place = Folder(found, mark)
    return ChosenPlace(place.key, PlaceKind.FOLDER, str(found), {"path": str(found), "mark": mark})


def is_inside(place: ChosenPlace, data_dir: Path) -> bool:
    """Whether a place is a folder that is lost with the records."""
    if place.kind is not PlaceKind.FOLDER:
        return False
    return _lies_inside(Path(place.details["path"]), data_dir)


def _lies_inside(folder: Path, data_dir: Path) -> bool:
    return folder == data_dir or data_dir in folder.parents


def sticks_here(data_dir: Path, volumes: Volumes = volumes_here) -> list[Volume]:
    """What is plugged in and is not the computer's own: not its system, and not the disk with the
    records."""
    found = volumes()
    around = [one for one in found if one.path == data_dir or one.path in data_dir.parents]
    own = max(around, key=lambda one: len(one.path.parts), default=None)
    return [one for one in found if one.path not in _SYSTEM and one != own]


def choose_stick(volume: Volume) -> ChosenPlace:
    """Raises PlaceAway, PlaceIsLink, PlaceReadOnly."""
    with plain_trouble(0):
        mark, uuid = claim_stick(volume)
    return ChosenPlace(
        Stick(mark, uuid).key,
        PlaceKind.STICK,
        volume.path.name or str(volume.path),
        {"mark": mark, "uuid": uuid},
    )


def choose_computer(address: Address) -> ChosenPlace:
    """A folder on another computer, once it let us in and the folder is there. Raises PlaceTrouble,
    FolderNotThere."""
    with plain_trouble(0):
        try:
            with Bounded(Sftp(address)).enter() as room:
                room.names()
        except FileNotFoundError as missing:
            raise FolderNotThere(folder=address.folder) from missing
    return computer_at(address)


def computer_at(address: Address) -> ChosenPlace:
    """A folder on another computer, where nobody has looked yet."""
    details = {
        "host": address.host,
        "port": str(address.port),
        "user": address.user,
        "folder": address.folder,
        "host_key": address.host_key,
        "password": address.password,
        "private_key": address.private_key,
    }
    name = f"{address.user}@{address.host}:{address.folder}"
    return ChosenPlace(Sftp(address).key, PlaceKind.COMPUTER, name, details)


def choose_bucket(bucket: Bucket) -> ChosenPlace:
    """A bucket of an S3-compatible store, once it let us in. Raises PlaceTrouble."""
    with plain_trouble(0), Bounded(S3(bucket)).enter() as room:
        room.names()
    return bucket_at(bucket)


def bucket_at(bucket: Bucket) -> ChosenPlace:
    """A bucket of an S3-compatible store, where nobody has looked yet."""
    details = {
        "endpoint": bucket.endpoint,
        "bucket": bucket.bucket,
        "folder": bucket.folder,
        "key_id": bucket.key_id,
        "region": bucket.region,
        "secret": bucket.secret,
    }
    name = "/".join(part for part in (bucket.endpoint, bucket.bucket, bucket.folder) if part)
    return ChosenPlace(S3(bucket).key, PlaceKind.BUCKET, name, details)


def _folder(details: dict[str, str]) -> Place:
    return Folder(Path(details["path"]), details["mark"])


def _stick(details: dict[str, str]) -> Place:
    return Stick(details["mark"], details["uuid"])


def _computer(details: dict[str, str], called_off: CalledOff) -> Bounded:
    address = Address(**{**details, "port": int(details["port"])})  # type: ignore[arg-type]
    return Bounded(Sftp(address), called_off)


def _bucket(details: dict[str, str], called_off: CalledOff) -> Bounded:
    return Bounded(S3(Bucket(**details)), called_off)


_NEAR: dict[PlaceKind, Callable[[dict[str, str]], Place]] = {
    PlaceKind.FOLDER: _folder,
    PlaceKind.STICK: _stick,
}
_FAR: dict[PlaceKind, Callable[[dict[str, str], CalledOff], Bounded]] = {
    PlaceKind.COMPUTER: _computer,
    PlaceKind.BUCKET: _bucket,
}


def place_of(chosen: ChosenPlace, called_off: CalledOff = nobody_calls) -> Place:
    """Where to go. `called_off`: asked while a place on another computer is waited for."""
    near = _NEAR.get(chosen.kind)
    return near(dict(chosen.details)) if near else far_place_of(chosen, called_off)


def far_place_of(chosen: ChosenPlace, called_off: CalledOff = nobody_calls) -> Bounded:
    """As `place_of`, for one on another computer or in a store on the internet."""
    return _FAR[chosen.kind](dict(chosen.details), called_off)


def on_same_disk(path: Path, data_dir: Path) -> bool:
    """Whether a folder goes when the disk of the records does."""
    return path.is_dir() and path.stat().st_dev == data_dir.stat().st_dev
