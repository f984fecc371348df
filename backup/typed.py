"""Where a far place is, as somebody types it: another computer, or a store on the internet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from backup.s3 import Bucket
from backup.sftp import Address, read_host_key
from medilink.errors import Missing, PlaceAway, PortUnfit, StoreUnfit
from security.node_keys import six_words

REGION = "us-east-1"  # what stores that have no regions answer to
LARGEST_PORT = 65_535
# More lenient than any store; the library comes to a dead stop over what is no address at all.
_STORE = re.compile(r"https?://[A-Za-z0-9.\-]+(:(?P<port>[0-9]{1,5}))?(/[\w.\-/]*)?", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9._+=\-]+")
_HOST_KEY_WORDS = b"MediLink host key words"


def typed_address(typed: Mapping[str, str]) -> Address:
    """Another computer, with the host key it shows now, which somebody has to confirm. Raises
    Missing, PortUnfit, PlaceAway."""
    host, user, folder = (typed.get(name, "").strip() for name in ("host", "user", "folder"))
    _check_given({"Address of the computer": host, "User name there": user, "Folder there": folder})
    port = typed.get("port", "").strip() or "22"
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= LARGEST_PORT):
        raise PortUnfit
    key = typed.get("private_key", "").strip()
    try:
        host_key = read_host_key(host, int(port))
    except UnicodeError as trouble:  # of the encoding of names; no computer is called so
        raise PlaceAway from trouble
    return Address(
        host,
        user,
        folder.rstrip("/") or "/",
        host_key,
        int(port),
        private_key=key and f"{key}\n",
        password=typed.get("password", ""),
    )


def typed_bucket(typed: Mapping[str, str]) -> Bucket:
    """A bucket of an S3-compatible store. Raises Missing, StoreUnfit."""
    names = ("endpoint", "bucket", "folder", "key_id", "region", "secret")
    endpoint, bucket, folder, key_id, region, secret = (typed.get(one, "").strip() for one in names)
    _check_given(
        {
            "Address of the store": endpoint,
            "Bucket": bucket,
            "Access key": key_id,
            "Secret of the access key": secret,
        }
    )
    address = endpoint.rstrip("/")
    address = address if "://" in address else f"https://{address}"
    plain = (_PLAIN.fullmatch(one) for one in (bucket, key_id, region or REGION))
    folder = folder.strip("/")
    parts = folder.isprintable() and not {"", ".", ".."} & set(folder.split("/") if folder else ())
    found = _STORE.fullmatch(address)
    if not found or int(found["port"] or 1) > LARGEST_PORT or not (all(plain) and parts):
        raise StoreUnfit
    return Bucket(
        address,
        bucket,
        folder,
        key_id,
        region or REGION,
        secret=secret,
    )


def _check_given(given: dict[str, str]) -> None:
    """Raises Missing where a field was left empty."""
    for field, typed in given.items():
        if not typed:
            raise Missing(field=field)


def host_key_words(host_key: str) -> str:
    """A host key as six words, for somebody to compare who knows it."""
    return " ".join(six_words(_HOST_KEY_WORDS, host_key.encode()))
