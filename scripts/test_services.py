"""Makes sure that the real servers and the browser that the tests start are installed.

usage: python scripts/test_services.py [--list]

Each thing is a Debian package with the command that it brings. What is missing is installed
with apt when this runs as root; else the script names what to install and ends with 1. Asterisk
and espeak-ng are fetched into the user's cache, which needs no root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from fetch_asterisk import ASTERISK, ESPEAK, NotFetched, fetch

# Debian keeps servers in sbin, which is not on everybody's PATH.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"])
APT_MINUTES = 10


class TestService(NamedTuple):
    """One thing that the tests start: any of `commands` will do, the first does best."""

    purpose: str
    commands: tuple[str, ...]
    packages: tuple[str, ...]


# PostgreSQL and NATS get their row here on the day their adapters come.
NEEDED = (
    TestService(
        purpose="a browser for the screens",
        commands=("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        packages=("chromium-headless-shell",),
    ),
    TestService(
        purpose="an IMAP server for the e-mail channel",
        commands=("dovecot",),
        packages=("dovecot-core", "dovecot-imapd"),
    ),
    TestService(
        purpose="a mail client that knows nothing about us",
        commands=("swaks",),
        packages=("swaks",),
    ),
)


def find(service: TestService) -> str | None:
    """The path of the first of its commands that is installed."""
    found = (shutil.which(command, path=SEARCH_PATH) for command in service.commands)
    return next((path for path in found if path), None)


def missing() -> list[TestService]:
    """The services that this machine does not have."""
    return [service for service in NEEDED if find(service) is None]


def wanting() -> list[TestService]:
    """Those that it has not at their best."""
    return [one for one in NEEDED if shutil.which(one.commands[0], path=SEARCH_PATH) is None]


def apt_install(packages: list[str]) -> int:
    """Apt's exit code; no package starts a daemon of its own, because the tests start theirs."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        return install_with_retry(packages, environment)
    finally:
        if ours:
            policy.unlink(missing_ok=True)


def install_with_retry(packages: list[str], environment: dict[str, str]) -> int:
    """Apt's exit code: package lists are fetched only when the ones at hand do not do."""
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    steps = [install, ["apt-get", "update", "-qq"], install]
    code = 1
    for step in steps:
        code = subprocess.run(
            step,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=APT_MINUTES * 60,
            check=False,
        ).returncode
        if code == 0 and step is install:
            return 0
    return code


def explain(services: list[TestService]) -> str:
    """What to install, in one sentence a line."""
    lines = [f"  {service.purpose}: {' '.join(service.packages)}" for service in services]
    packages = " ".join(package for service in services for package in service.packages)
    lines.append(
        f"Install them and start again, on Debian or Ubuntu: sudo apt-get install {packages}"
    )
    return "The tests need programs that are not on this machine:\n" + "\n".join(lines)


def main() -> int:
    """0 when everything is there."""
    if "--list" in sys.argv[1:]:
        for service in NEEDED:
            print(f"{service.purpose}: {find(service) or 'missing'}")
        print(f"a telephone exchange: {ASTERISK.fetched() or 'missing'}")
        print(f"a voice: {shutil.which('espeak-ng') or ESPEAK.fetched() or 'missing'}")
        return 0
    packages = [package for service in wanting() for package in service.packages]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing for the tests: {' '.join(packages)}", flush=True)
        apt_install(packages)
    wanted = missing()
    if wanted:
        print(explain(wanted), file=sys.stderr)
        return 1
    try:
        fetch()
        if not shutil.which("espeak-ng"):
            fetch(ESPEAK)
    except (NotFetched, OSError, subprocess.TimeoutExpired) as reason:
        print(f"A telephone exchange and a voice for the tests: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
