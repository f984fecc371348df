"""A certificate of the clinic's own, so that phones on its Wi-Fi talk to it over TLS."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from security.slots import write_safely

CERTIFICATE, KEY_OF_CERTIFICATE = "tls-certificate.pem", "tls-key.pem"
VALID_DAYS = 825  # the longest that phones accept for a certificate of one's own
RENEW_DAYS = 30


def certificate_files(folder: Path, addresses: Sequence[str]) -> tuple[Path, Path]:
    """(certificate, key) files for these addresses; made anew when missing, old or for others."""
    certificate, key = folder / CERTIFICATE, folder / KEY_OF_CERTIFICATE
    if not (key.is_file() and certificate.is_file() and _fits(certificate, addresses)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, addresses)
    return certificate, key


def _fits(certificate: Path, addresses: Sequence[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    held = {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    left = found.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return set(addresses) <= held and left.days > RENEW_DAYS


def _make(certificate: Path, key: Path, addresses: Sequence[str]) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MediLink")])
    now = datetime.datetime.now(datetime.UTC)
    host = socket.gethostname() or "medilink"
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
    names += [x509.DNSName("localhost"), x509.DNSName(host), x509.DNSName(f"{host}.local")]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    write_safely(
        key,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    write_safely(certificate, built.public_bytes(serialization.Encoding.PEM))


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the certificate, as phones show it."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return found.fingerprint(hashes.SHA256()).hex(":").upper()
