"""Fetches the Asterisk that the tests start, without root: Debian's own packages, only unpacked.

usage: python scripts/fetch_asterisk.py [asterisk | sipp]

`sipp` is the load generator of `warmline bench voice`, fetched the same way. Prints the folder that
it is in. Packages come from the Debian mirror that apt of this machine uses (or
WARMLINE_DEBIAN_MIRROR) and are checked by apt with Debian's keys; nothing is installed. They stay
unpacked in the user's cache, so the second time costs nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

SUITES = ("forky", "sid")  # the first that has it; a suite that moves slowly is preferred
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
SOURCES = Path("/etc/apt")
MIRROR = re.compile(r"\bhttps?://[^\s\]]+/debian/?(?=\s|$)")
MINUTES = 10


@dataclass(frozen=True)
class Wanted:
    """Something to fetch: its package, and the program in it."""

    name: str
    package: str
    program: str
    without: tuple[str, ...] = ()
    """What apt would add; the minus at the end leaves it out."""

    def root(self, suite: str) -> Path:
        """The folder that it is unpacked in."""
        return cache() / f"{self.name}-{suite}"

    def fetched(self) -> Path | None:
        """The folder of one that was fetched before."""
        for suite in SUITES:
            if (self.root(suite) / self.program).is_file():
                return self.root(suite)
        return None


ASTERISK = Wanted("asterisk", "asterisk", "usr/sbin/asterisk", ("asterisk-core-sounds-en-gsm-",))
SIPP = Wanted("sipp", "sip-tester", "usr/bin/sipp")
ESPEAK = Wanted("espeak", "espeak-ng", "usr/bin/espeak-ng")
ALL = {wanted.name: wanted for wanted in (ASTERISK, SIPP, ESPEAK)}


class NotFetched(Exception):
    """It is not here and could not be fetched; the sentence says why."""


def cache() -> Path:
    """Where fetched things stay."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "warmline"


def mirror() -> str:
    """The Debian mirror that this machine uses."""
    if told := os.environ.get("WARMLINE_DEBIAN_MIRROR"):
        return told
    listed = [SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*"))]
    for file in listed:
        lines = file.read_text(errors="replace").splitlines() if file.is_file() else ()
        for line in lines:
            if not line.lstrip().startswith("#") and (found := MIRROR.search(line)):
                return found.group()
    raise NotFetched("No Debian mirror in /etc/apt: name one in WARMLINE_DEBIAN_MIRROR.")


def keyring() -> Path:
    """The keys by which Debian's packages are known."""
    for file in KEYRINGS:
        if file.is_file():
            return file
    raise NotFetched("Debian's keys are not here: install debian-archive-keyring.")


def fetched(wanted: Wanted = ASTERISK) -> Path | None:
    """The folder of a program that was fetched before."""
    return wanted.fetched()


def fetch(wanted: Wanted = ASTERISK) -> Path:
    """The folder of a program, fetched now when it is not here yet."""
    if there := wanted.fetched():
        return there
    for program in ("apt-get", "dpkg"):
        if not shutil.which(program):
            reason = f"{wanted.name} is fetched with {program}, which is not on this machine."
            raise NotFetched(reason)
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f"{wanted.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if there := wanted.fetched():
            return there
        reasons: list[str] = []
        for suite in SUITES:
            try:
                return fetch_from(suite, wanted)
            except NotFetched as reason:
                reasons.append(str(reason))
        raise NotFetched("\n".join(reasons))


def fetch_from(suite: str, wanted: Wanted) -> Path:
    """The folder with the packages of one suite unpacked; it is there whole or not at all."""
    with TemporaryDirectory(dir=cache(), prefix="fetching-") as folder:
        work = Path(folder)
        packages, root = download(suite, wanted, work), work / "root"
        root.mkdir()
        for package in packages:
            run(["dpkg", "-x", str(package), str(root)], f"{package.name} cannot be unpacked")
        if not (root / wanted.program).is_file():
            raise NotFetched(f"The packages of {suite} hold no {wanted.name}.")
        return root.rename(wanted.root(suite))


def download(suite: str, wanted: Wanted, work: Path) -> list[Path]:
    """The packages that a program needs, on a machine that seems to have none."""
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    source = f"deb [signed-by={keyring()}] {mirror()} {suite} main\n"
    (work / "sources.list").write_text(source)
    options = {
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        "Debug::NoLocking": 1,
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    run([*apt, "update"], f"The list of {suite} cannot be fetched")
    install = ["-y", "--download-only", "install", wanted.package, *wanted.without]
    run([*apt, *install], f"{wanted.name} of {suite} cannot be fetched")
    return sorted((work / "archives").glob("*.deb"))


def run(words: list[str], complaint: str) -> None:
    """A program to its end; `NotFetched` with what it said when it fails."""
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=MINUTES * 60, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise NotFetched(f"{complaint}: {said}")


def main() -> int:
    """0 and the folder, or 1 and the reason."""
    name = next(iter(sys.argv[1:]), ASTERISK.name)
    if name not in ALL:
        print(f"There is {' and '.join(ALL)} to fetch, no {name!r}.", file=sys.stderr)
        return 1
    try:
        print(fetch(ALL[name]))
    except (NotFetched, OSError, subprocess.TimeoutExpired) as reason:
        print(f"{name} for the tests: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
