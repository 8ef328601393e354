"""A real Dovecot IMAP server on a loopback port, with its own folder, for as long as a test runs."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from tests.services.certificates import Certificate
from tests.services.ports import LOOPBACK, free_port, listens, wait_for

UNPRIVILEGED = "nobody"  # Dovecot refuses to read mail as root
STARTS = 5  # another program may take the free port first
USERS = MappingProxyType({"desk@warmline.test": "correct horse"})

CONFIG = """
protocols = imap
listen = {host}
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
ssl = {ssl}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{home}/mail/%u
mailbox_idle_check_interval = 1 secs
maildir_stat_dirs = yes
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Lowered:
    """The rights that a child process keeps; None means all of ours."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None

    @classmethod
    def of(cls, account: pwd.struct_passwd) -> Self:
        """The rights of `account` and no group more."""
        return cls(account.pw_uid, account.pw_gid, ())


class Dovecot:
    """One IMAP server: `host`, `port`, `users`; mail is put in by `deliver` and read by `mails`."""

    host = LOOPBACK

    def __init__(
        self, home: Path, users: Mapping[str, str], shown: Certificate | None = None
    ) -> None:
        self.home = home
        self.tls_port = free_port() if shown else 0
        self._shown = shown
        self.users = users
        self.user = next(iter(users))
        self.password = users[self.user]
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self._deliveries = 0

    def maildir(self, user: str | None = None) -> Path:
        """The Maildir of `user`, by default of the first one."""
        return self.home / "mail" / (user or self.user)

    def start(self) -> None:
        """Listens when it returns. The port stays the same after a `stop`."""
        for _ in range(STARTS):
            self._prepare()
            self._running = self._launch()
            wait_for("Dovecot's start", lambda: self._ended() or listens(self.port))
            if not self._ended():
                return
            self.port = free_port()
        raise RuntimeError(f"Dovecot does not start:\n{self.log()}")

    def stop(self) -> None:
        """No connection is left when it returns; the mail stays."""
        if self._running and not self._ended():
            self._running.terminate()
            try:
                self._running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait(timeout=10)
        self._running = None

    def deliver(self, content: bytes, user: str | None = None) -> Path:
        """Puts a mail into the inbox as a delivery agent does: written aside, then renamed."""
        self._deliveries += 1
        box, name = self.maildir(user), f"{self._deliveries:06}.{os.getpid()}.test"
        for part in ("tmp", "new", "cur"):
            self._folder(box / part)
        aside, there = box / "tmp" / name, box / "new" / name
        aside.write_bytes(content)
        self._hand_over(aside)
        aside.rename(there)
        return there

    def mails(self, user: str | None = None) -> list[bytes]:
        """The inbox as it is on disk, the oldest first."""
        box = self.maildir(user)
        return [
            mail.read_bytes() for part in ("cur", "new") for mail in sorted(box.glob(f"{part}/*"))
        ]

    def log(self) -> str:
        """What the server said, for the message of a failing test."""
        files = (self.home / "dovecot.log", self.home / "stderr.log")
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def _launch(self) -> subprocess.Popen[bytes]:
        words = [program(), "-F", "-c", str(self.home / "dovecot.conf")]
        lowered = Lowered.of(owner()) if os.geteuid() == 0 else Lowered()
        with (self.home / "stderr.log").open("ab") as errors:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                user=lowered.user,
                group=lowered.group,
                extra_groups=lowered.extra_groups,
            )

    def _prepare(self) -> None:
        account = owner()
        self._folder(self.home)
        self._folder(self.home / "mail")
        text = CONFIG.format(
            host=self.host,
            home=self.home,
            port=self.port,
            user=account.pw_name,
            group=group_name(account.pw_gid),
            uid=account.pw_uid,
            gid=account.pw_gid,
            ssl="yes" if self._shown else "no",
            tls_port=self.tls_port,
        )
        if self._shown:
            text += self._certificate(self._shown)
        (self.home / "dovecot.conf").write_text(text)
        users = self.home / "users"
        users.write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in self.users.items()))
        self._hand_over(users)

    def _certificate(self, shown: Certificate) -> str:
        """Copies of the files that the server's account may read, and the lines that name them."""
        lines: list[str] = []
        for word, source in (("ssl_cert", shown.chain), ("ssl_key", shown.key)):
            copy = self.home / f"{word}.pem"
            copy.write_bytes(source.read_bytes())
            self._hand_over(copy)
            lines.append(f"{word} = <{copy}\n")
        return "".join(lines)

    def _folder(self, path: Path) -> None:
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
        for made in (path, path.parent):
            if made.is_relative_to(self.home):
                self._hand_over(made)

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == 0:
            account = owner()
            os.chown(path, account.pw_uid, account.pw_gid)

    def _ended(self) -> bool:
        return self._running is None or self._running.poll() is not None


def program() -> str:
    """Where Dovecot is; Debian keeps it in sbin."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise RuntimeError("Dovecot is not installed: run scripts/test_services.py")
    return found


def owner() -> pwd.struct_passwd:
    """Whose the mail is: ours, or an unprivileged account when we are root."""
    return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def group_name(gid: int) -> str:
    """The name of a group, as Dovecot's configuration wants it."""
    return grp.getgrgid(gid).gr_name


@contextmanager
def running_dovecot(
    users: Mapping[str, str] = USERS, *, shown: Certificate | None = None
) -> Generator[Dovecot]:
    """A started server; its process and its folder are gone afterwards.

    With a certificate to be shown it speaks TLS at `tls_port` too.
    """
    # Not below pytest's tmp_path: that one is closed to other accounts, and root lends it to one.
    with tempfile.TemporaryDirectory(prefix="warmline-imap-") as folder:
        server = Dovecot(Path(folder), users, shown)
        try:
            server.start()
            yield server
        finally:
            server.stop()
