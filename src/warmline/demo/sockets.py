"""The loopback ports of a demonstration: the mail receiver's, and the customers' own."""

import socket

LOOPBACK = "127.0.0.1"
RECEIVER_PORT = 2525


def receiver_port(wanted: int = RECEIVER_PORT) -> int:
    """The port for the mail receiver: the usual one, another that is free when that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no loopback port is free")


def loopback_socket() -> socket.socket:
    """A socket at a free loopback port, not listening yet."""
    found = socket.socket()
    found.bind((LOOPBACK, 0))
    return found


def reached_at(host: str, port: int) -> str:
    """The address under which this very machine reaches a web server that listens on `host`.

    >>> reached_at("0.0.0.0", 8080), reached_at("::", 80)
    ('http://127.0.0.1:8080', 'http://[::1]:80')
    """
    if host in {"0.0.0.0", ""}:  # noqa: S104 - read, not bound
        host = LOOPBACK
    elif ":" in host:
        host = "[::1]" if host == "::" else f"[{host}]"
    return f"http://{host}:{port}"
