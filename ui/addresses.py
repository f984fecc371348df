"""Under which addresses other devices reach this installation."""

from __future__ import annotations

import ifaddr

from medilink.config import Config

LOOPBACK = "127.0.0.1"


def own_addresses() -> list[str]:
    """This computer's addresses on its networks, without loopback and link-local ones."""
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [ip for ip in found if not ip.startswith(("127.", "169.254."))]


def open_to_network(config: Config) -> bool:
    """Whether other devices may reach this installation."""
    return config.host not in (LOOPBACK, "localhost", "::1")


def network_port(config: Config) -> int:
    """TLS for other devices is on the port after the plain one."""
    return config.port + 1


def outside_addresses(config: Config) -> list[str]:
    """What other devices on the network type into their browser; none where only this computer may
    reach MediLink."""
    if not open_to_network(config):
        return []
    everywhere = config.host == "0.0.0.0"  # noqa: S104 which was asked for
    hosts = own_addresses() if everywhere else [config.host]
    return [f"https://{host}:{network_port(config)}" for host in hosts]
