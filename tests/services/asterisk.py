"""A real Asterisk on loopback, fetched when it is not there, with its own folder and ports."""

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from tests.services import tones
from tests.services.ports import LOOPBACK, free_port, listens, wait_for
from warmline.channels.asterisk.configure import Exchange, files

FETCH = Path(__file__).resolve().parents[2] / "scripts" / "fetch_asterisk.py"
STARTS = 5  # another program may take a free port first
PROVIDER = "127.0.0.2"
"""From where the telephone network calls; loopback has many addresses."""
TEAM = tuple(f"agent-{number}" for number in range(20))
PHONES = {name: f"{name}-secret" for name in ("anna", "boris", "eva", *TEAM)}
"""The passwords of telephones, by agent."""
MUSIC_HZ = 450
PROMPT_HZ = 1500
GREETING_HZ = 1700
POLISH_HZ = 1900
SOUNDS = (
    ("en/prompt", PROMPT_HZ, 10),
    ("en/greeting", GREETING_HZ, 0.6),
    ("en/welcome", GREETING_HZ, 0.3),
    ("pl/greeting", POLISH_HZ, 0.6),
)
"""Prompts: name, tone, seconds."""

DIRECTORIES = """\
[directories]
astetcdir => {home}/etc
astmoddir => {modules}
astvarlibdir => {home}/var
astcachedir => {home}/cache
astdbdir => {home}/var
astkeydir => {home}/var
astdatadir => {home}
astagidir => {home}
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
[options]
systemname = life-{life}
"""
OTHERS = {
    "acl.conf": "",
    "ccss.conf": "",
    "cdr.conf": "[general]\nenable=no\n",
    "cel.conf": "",
    "cli.conf": "",
    "cli_permissions.conf": "",
    "codecs.conf": "",
    "dnsmgr.conf": "",
    "dsp.conf": "",
    "extconfig.conf": "",
    "features.conf": "",
    "indications.conf": "[general]\ncountry=us\n[us]\nringcadence=2000,4000\nbusy=480+620/500,0/500\n",
    "logger.conf": "[general]\n[logfiles]\nmessages => notice,warning,error\n",
    "manager.conf": "[general]\nenabled=no\n",
    "pjproject.conf": "[startup]\nlog_level=default\n",
    "sorcery.conf": "",
    "stasis.conf": "[threadpool]\ninitial_size=5\n[declined_message_types]\n",
    "udptl.conf": "",
    "websocket_client.conf": "",
}


def fetched() -> Path:
    """Where the Asterisk of the tests is, after it was fetched; what fails, fails the test."""
    done = subprocess.run([sys.executable, FETCH], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return Path(done.stdout.strip())


class Asterisk:
    """One exchange: `url`, `user`, `password` for us, `sip_port` for telephones."""

    def __init__(self, home: Path, root: Path) -> None:
        self.home, self.root = home, root
        self._life = 0
        self._take_ports()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is steered."""
        return f"http://{LOOPBACK}:{self.exchange.http_port}"

    def start(self) -> None:
        """Takes calls when it returns; the ports stay the same after a `stop` or `kill`."""
        for _ in range(STARTS):
            self._prepare()
            self._running = self._launch()
            wait_for("Asterisk's start", lambda: self._ended() or self._booted())
            if not self._ended():
                return
            self._take_ports()
        raise RuntimeError(f"Asterisk does not start:\n{self.log()}")

    def stop(self) -> None:
        """It has ended when this returns."""
        if self._running and not self._ended():
            self._running.terminate()
            try:
                self._running.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.kill()
        self._running = None

    def kill(self) -> None:
        """It ends without a word to anybody."""
        if self._running:
            self._running.kill()
            self._running.wait(timeout=10)
        self._running = None

    def log(self) -> str:
        """What it said, for the message of a failing test."""
        found = (self.home / "log" / name for name in ("messages", "output"))
        return "\n".join(file.read_text(errors="replace") for file in found if file.exists())

    def all_text(self) -> str:
        """Whatever it has written down anywhere in its folder, but for sounds."""
        kept = (file for file in self.home.rglob("*") if file.is_file() and file.suffix != ".wav")
        return "\n".join(file.read_text(errors="replace") for file in kept)

    def _take_ports(self) -> None:
        self.provider_port = free_port()
        self.exchange = Exchange(
            password="secret",
            http_port=free_port(),
            sip_host=LOOPBACK,
            sip_port=free_port(),
            media_host=LOOPBACK,
            provider=f"{PROVIDER}:{self.provider_port}",
            provider_hosts=(PROVIDER,),
            phones=PHONES,
        )

    def _prepare(self) -> None:
        # Ids of channels begin with it: two calls of one second, before and after a restart, differ.
        self._life += 1
        for folder in ("etc", "var", "cache", "run", "log", "spool/recording", "music"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        modules = next((self.root / "usr/lib").glob("*/asterisk/modules"))
        texts = {
            **OTHERS,
            **files(self.exchange),
            "asterisk.conf": DIRECTORIES.format(home=self.home, modules=modules, life=self._life),
            "musiconhold.conf": f"[default]\nmode=files\ndirectory={self.home}/music\n",
            "rtp.conf": "[general]\nrtpstart=20000\nrtpend=29999\nstrictrtp=yes\n",
        }
        texts["modules.conf"] = texts["modules.conf"].replace(
            "[modules]\n", "[modules]\nautoload=no\n"
        )
        for name, text in texts.items():
            (self.home / "etc" / name).write_text(text)
        tones.save(self.home / "music" / "music.wav", MUSIC_HZ, 10)
        for name, hertz, seconds in SOUNDS:
            tones.save(self.home / "sounds" / f"{name}.wav", hertz, seconds)
        for name in ("documentation", "rest-api"):
            if not (self.home / name).exists():
                (self.home / name).symlink_to(self.root / "usr/share/asterisk" / name)

    def _words(self) -> list[str]:
        # Its own loader and libraries: they are newer than those of this machine.
        libraries = next((self.root / "usr/lib").glob("*-linux-gnu*"))
        loader = next(self.root.glob("usr/lib*/ld-linux-*"))
        words = [loader, "--library-path", libraries, self.root / "usr/sbin/asterisk"]
        return [str(word) for word in (*words, "-C", self.home / "etc/asterisk.conf")]

    def _launch(self) -> subprocess.Popen[bytes]:
        with (self.home / "log" / "output").open("wb") as output:
            return subprocess.Popen(
                [*self._words(), "-f", "-g"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "HOME": str(self.home)},
            )

    def _booted(self) -> bool:
        if not listens(self.exchange.http_port):
            return False
        said = subprocess.run(
            [*self._words(), "-rx", "core waitfullybooted"], capture_output=True, check=False
        )
        return b"fully booted" in said.stdout

    def _ended(self) -> bool:
        return self._running is None or self._running.poll() is not None


@cache
def shared_asterisk() -> Asterisk:
    """The exchange of all tests of this process; it ends with the process."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(running_asterisk())


@contextmanager
def running_asterisk() -> Generator[Asterisk]:
    """A started exchange; its process and its folder are gone afterwards."""
    # A short path: the name of its control socket has a limit.
    with tempfile.TemporaryDirectory(prefix="warmline-ast-") as folder:
        exchange = Asterisk(Path(folder), fetched())
        try:
            exchange.start()
            yield exchange
        finally:
            exchange.stop()
