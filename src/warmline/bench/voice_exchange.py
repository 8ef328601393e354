"""An Asterisk to measure on: one trunk, telephones that all ring at one place, lines of its own."""

import base64
import subprocess
import sys
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import cast
from urllib.error import URLError
from urllib.request import Request, urlopen

from warmline.bench.server import LOOPBACK, free_port
from warmline.channels.asterisk.configure import Exchange, files

TRUNK = "127.0.0.2"
"""From where callers call, and what the exchange knows them by: loopback has many addresses."""
PHONES = "127.0.0.3"
"""Where the telephones of all agents are."""
SIZES = (20, 100, 300)
"""How many agents the lines of the exchange's own have: `peer20` and so on."""
LONGEST_START_S = 30.0
LOOK_EVERY_S = 0.02
_FETCH = Path(__file__).resolve().parents[3] / "scripts" / "fetch_asterisk.py"
_MORE_MODULES = ("app_queue", "app_dial")
_FRAMES = 8_000 * 10
_FOLDERS = """\
[directories]
astetcdir => {home}/etc
astmoddir => {modules}
astvarlibdir => {home}/var
astdbdir => {home}/var
astkeydir => {home}/var
astdatadir => {home}
astagidir => {home}
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
"""
# Its own queue as fairly set as can be: whoever waits is tried at once, nobody is asked twice in
# a row, no wrap-up. `Answer(,i)` waits for no sound: without it every figure is half a second.
_PEER = """\
exten => peer{size},1,Answer(,i)
 same => n,Queue(peer{size},,,,60)
 same => n,Hangup()
"""
_QUEUE = """\
[peer{size}]
musicclass=default
strategy=leastrecent
timeout=15
retry=1
wrapuptime=0
ringinuse=no
announce-frequency=0
{members}
"""


class NotFetched(Exception):
    """A program that a measurement needs is not here; the sentence says why."""


def fetched(name: str) -> Path:
    """The folder that a program of Debian's is unpacked in; fetched now when it is not here."""
    if not _FETCH.is_file():
        raise NotFetched("This measurement needs the scripts of the repository: run it from there.")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(_FETCH), name], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotFetched(done.stderr.strip())
    return Path(done.stdout.strip())


def loaded(root: Path, program: str) -> list[str]:
    """How to start an unpacked program: with its own loader and libraries, newer than ours."""
    libraries = next((root / "usr/lib").glob("*-linux-gnu*"))
    loader = next(root.glob("usr/lib*/ld-linux-*"))
    return [str(loader), "--library-path", str(libraries), str(root / program)]


class MeasuredExchange:
    """An exchange in a folder of its own; `agents` telephones, none of which has to register."""

    def __init__(self, home: Path, *, agents: int) -> None:
        self.home = home
        self._root = fetched("asterisk")
        self._agents = [f"agent-{number}" for number in range(agents)]
        self.phones_port = free_port()
        self.exchange = Exchange(
            password="measured",  # noqa: S106 - on loopback, for a minute
            http_port=free_port(),
            sip_host=LOOPBACK,
            sip_port=free_port(),
            media_host=LOOPBACK,
            provider=f"{TRUNK}:{free_port()}",
            provider_hosts=(TRUNK,),
        )
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running exchange."""
        assert self._running is not None
        return self._running.pid

    @property
    def settings(self) -> dict[str, str]:
        """What a center is told in its environment to take the calls of this exchange."""
        return {
            "WARMLINE_ASTERISK_URL": f"http://{LOOPBACK}:{self.exchange.http_port}",
            "WARMLINE_ASTERISK_PASSWORD": self.exchange.password,
        }

    def start(self) -> None:
        """It takes calls when this returns."""
        self._write()
        with (self.home / "log" / "output").open("wb") as output:
            words = loaded(self._root, "usr/sbin/asterisk")
            self._running = subprocess.Popen(  # noqa: S603 - the exchange that was fetched
                [*words, "-C", str(self.home / "etc/asterisk.conf"), "-f", "-g"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.wait_for("/asterisk/info")

    def stop(self) -> None:
        """It has ended when this returns."""
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
        self._running = None

    def wait_for(self, what: str) -> None:
        """Returns once this path of its interface answers with something that is there."""
        end = time.monotonic() + LONGEST_START_S
        while not self._has(what):
            assert self._running is not None
            if self._running.poll() is not None or time.monotonic() > end:
                said = (self.home / "log" / "output").read_text(errors="replace")
                raise RuntimeError(f"Asterisk has no {what}:\n{said[-2000:]}")
            time.sleep(LOOK_EVERY_S)

    def _has(self, what: str) -> bool:
        login = f"{self.exchange.user}:{self.exchange.password}".encode()
        url = f"http://{LOOPBACK}:{self.exchange.http_port}/ari{what}"
        asked = Request(url, headers={"Authorization": f"Basic {base64.b64encode(login).decode()}"})
        try:
            with urlopen(asked, timeout=2) as answer:  # noqa: S310 - loopback
                return cast("int", answer.status) == 200  # noqa: PLR2004 - OK
        except (URLError, OSError):
            return False

    def _write(self) -> None:
        for folder in ("etc", "var", "run", "log", "spool/recording", "music"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        modules = next((self._root / "usr/lib").glob("*/asterisk/modules"))
        texts = dict(files(self.exchange))
        more = "".join(f"load = {name}.so\n" for name in _MORE_MODULES)
        texts["modules.conf"] = texts["modules.conf"].replace(
            "[modules]\n", f"[modules]\nautoload=no\n{more}"
        )
        texts["extensions.conf"] += "\n[warmline-inbound]\n" + "".join(
            _PEER.format(size=size) for size in SIZES
        )
        texts["pjsip.conf"] += "".join(self._phone(agent) for agent in self._agents)
        texts |= {
            "acl.conf": "",
            "asterisk.conf": _FOLDERS.format(home=self.home, modules=modules),
            "cdr.conf": "[general]\nenable=no\n",
            "features.conf": "",
            "logger.conf": "[general]\n[logfiles]\nmessages => warning,error\n",
            "musiconhold.conf": f"[default]\nmode=files\ndirectory={self.home}/music\n",
            "queues.conf": self._queues(),
            "rtp.conf": "[general]\nrtpstart=20000\nrtpend=29999\nstrictrtp=yes\n",
            "stasis.conf": "[threadpool]\ninitial_size=5\n[declined_message_types]\n",
            "udptl.conf": "",
        }
        for name, text in texts.items():
            (self.home / "etc" / name).write_text(text)
        with wave.open(str(self.home / "music" / "music.wav"), "wb") as music:
            music.setparams((1, 2, 8_000, _FRAMES, "NONE", ""))
            music.writeframes(bytes(2 * _FRAMES))
        for name in ("documentation", "rest-api"):
            (self.home / name).symlink_to(self._root / "usr/share/asterisk" / name)

    def _phone(self, agent: str) -> str:
        contact = f"sip:{agent}@{PHONES}:{self.phones_port}"
        return (
            f"[{agent}]\ntype=endpoint\ncontext=warmline-phones\naors={agent}\n"
            f"disallow=all\nallow=alaw,ulaw\ndirect_media=no\n"
            f"media_address={LOOPBACK}\nbind_rtp_to_media_address=yes\n"
            f"[{agent}]\ntype=aor\ncontact={contact}\nqualify_frequency=0\n"
        )

    def _queues(self) -> str:
        return "[general]\nautofill=yes\nshared_lastcall=no\npersistentmembers=no\n" + "".join(
            _QUEUE.format(size=size, members=_members(self._agents[:size])) for size in SIZES
        )


def _members(agents: Sequence[str]) -> str:
    return "".join(f"member => PJSIP/{agent}\n" for agent in agents)
