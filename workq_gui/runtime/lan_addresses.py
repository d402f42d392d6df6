"""This machine's addresses on the local network."""

from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface

VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "tailscale", "tun", "utun", "wg")
"""How interfaces begin that lead to containers, to machines within this one, or through a tunnel."""


def lan_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses by which others may reach this machine, the likeliest first."""
    found: list[tuple[bool, bool, str]] = []
    for interface in QNetworkInterface.allInterfaces():
        flags = interface.flags()
        if not flags & QNetworkInterface.InterfaceFlag.IsUp:
            continue
        is_virtual = interface.humanReadableName().lower().startswith(VIRTUAL)
        for entry in interface.addressEntries():
            address = entry.ip()
            if _is_reachable(address):
                found.append((is_virtual, not address.isPrivateUse(), address.toString()))
    return tuple(dict.fromkeys(text for *_, text in sorted(found, key=lambda rank: rank[:2])))


def _is_reachable(address: QHostAddress) -> bool:
    is_ipv4 = address.protocol() is QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
    return is_ipv4 and not (address.isLoopback() or address.isLinkLocal())
