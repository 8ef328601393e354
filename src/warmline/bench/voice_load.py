"""Callers and agents at telephones by SIPp, and what they write down of when they were rung."""

import re
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from warmline.bench.server import LOOPBACK
from warmline.bench.voice_exchange import PHONES, TRUNK, fetched, loaded

ANSWERS_AFTER_MS = 200
"""How long an agent's telephone rings."""
OVER_WITHIN_S = 40.0
_LOUD = 160 * 50 * 4
_SDP = """\
v=0
o=u 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [{port}] RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""
_CALLER = """\
<?xml version="1.0"?><scenario name="caller">
<nop><action><log message="called [timestamp] [field0]"/></action></nop>
<send retrans="500"><![CDATA[
INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:{called}@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{sdp}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="183" optional="true"/><recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
{speaks}<pause milliseconds="{holds_ms}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"><action><log message="done [timestamp] [field0]"/></action></recv>
</scenario>
"""
_REPLY = """\
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
{cseq}
Contact: <sip:agent@[local_ip]:[local_port]>
"""
_TAG = ";tag=[pid]a[call_number]"
_LAST = "[last_CSeq:]"
_EMPTY = "Content-Length: 0\n\n"
_AGENT = """\
<?xml version="1.0"?><scenario name="agent">
<recv request="INVITE"><action>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="turn"/>
<ereg regexp="sip:([^@>]+)@" search_in="hdr" header="From:" assign_to="whole,number"/>
<ereg regexp="sip:([^@>]+)@" search_in="hdr" header="To:" assign_to="whole,agent"/>
<log message="rung [timestamp] [$number] [$agent]"/>
</action></recv>
<send><![CDATA[
{ringing}]]></send>
<recv request="CANCEL" timeout="{answers_ms}" ontimeout="answers"/>
<send><![CDATA[
{cancelled}]]></send>
<send><![CDATA[
{terminated}]]></send>
<recv request="ACK" next="over"/>
<label id="answers"/>
<send retrans="500"><![CDATA[
{taken}]]></send>
<recv request="ACK" optional="true"/>
<recv request="BYE"><action>
<log message="freed [timestamp] [$number] [$agent]"/></action></recv>
<send><![CDATA[
{bye}]]></send>
<label id="over"/>
<Reference variables="whole"/>
</scenario>
"""
_LINE = re.compile(r"^(called|done|rung|freed) \S+\s\S+\s([\d.]+) (\S+) ?(\S*)$", re.MULTILINE)
"""What happened, when (the last of three ways to say it), to whose call, at which agent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Who calls how often, and how long each of them stays."""

    called: str
    rate_per_s: float
    calls: int
    holds_ms: int
    sound: bool = False
    """Whether callers speak and agents answer them, 50 packets a second each way."""


@dataclass(slots=True, kw_only=True)
class Heard:
    """What the telephones wrote down; times are seconds since 1970."""

    called: dict[str, float] = field(default_factory=dict[str, float])
    """When each number began to call."""
    done: set[str] = field(default_factory=set[str])
    """The numbers whose call went as it should to the end."""
    rung: dict[str, float] = field(default_factory=dict[str, float])
    """When an agent's telephone rang first for each number."""
    of_agent: dict[str, list[tuple[float, bool]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[float, bool]]](list)
    )
    """For each agent when they were rung (True) and when they were free again (False)."""

    def ringing_ms(self) -> list[float]:
        """How long each caller whom an agent was rung for had waited for that, in order."""
        return sorted(
            1_000 * (at - self.called[number])
            for number, at in self.rung.items()
            if number in self.called
        )

    def idle_ms(self, *, begun: float, until: float) -> list[float]:
        """How long each agent who got free in that time was without the next call, in order."""
        waits: list[float] = []
        for told in self.of_agent.values():
            times = sorted(told)
            for (freed, ringing), (rung, rings) in pairwise(times):
                if not ringing and rings and begun <= freed and rung <= until:
                    waits.append(1_000 * (rung - freed))
        return sorted(waits)

    def failed(self) -> int:
        """The callers whose call went wrong, or for whom no telephone rang."""
        return len(self.called.keys() - (self.done & self.rung.keys()))


class Telephones:
    """Callers and agents of one measurement, at an exchange on this SIP port."""

    def __init__(self, folder: Path, *, sip_port: int, phones_port: int) -> None:
        self._folder = folder
        self._sip_port, self._phones_port = sip_port, phones_port
        self._sipp = loaded(fetched("sipp"), "usr/bin/sipp")
        self._runs = 0

    def call(self, load: Load) -> Heard:
        """Let all call, and wait until the last has hung up; what was written down."""
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir(parents=True)
        numbers = [f"+4822{self._runs:02}{number:05}" for number in range(load.calls)]
        (folder / "numbers.csv").write_text("SEQUENTIAL\n" + "".join(f"{n};\n" for n in numbers))
        (folder / "speech.raw").write_bytes(b"\xff\x80" * (_LOUD // 2))
        (folder / "caller.xml").write_text(_caller(load, folder))
        (folder / "agent.xml").write_text(_agent())
        agents = self._start(folder, "agent", PHONES, self._phones_port, "-rtp_echo")
        try:
            callers = self._start(folder, "caller", TRUNK, 0, *self._calling(load, folder))
            most_s = load.calls / load.rate_per_s + load.holds_ms / 1_000 + OVER_WITHIN_S
            callers.wait(timeout=most_s + OVER_WITHIN_S)
        finally:
            agents.terminate()
            agents.wait()
        return _heard(
            (folder / "caller.log").read_text(errors="replace")
            + (folder / "agent.log").read_text(errors="replace")
        )

    def _calling(self, load: Load, folder: Path) -> Sequence[str]:
        seconds = load.calls / load.rate_per_s + load.holds_ms / 1_000 + OVER_WITHIN_S
        return (
            *("-inf", str(folder / "numbers.csv")),
            *("-r", f"{load.rate_per_s:g}", "-m", str(load.calls), "-l", str(load.calls)),
            *("-timeout", f"{seconds:.0f}s"),
            f"{LOOPBACK}:{self._sip_port}",
        )

    def _start(
        self, folder: Path, who: str, host: str, port: int, *more: str
    ) -> subprocess.Popen[bytes]:
        words = [*self._sipp, "-sf", str(folder / f"{who}.xml"), "-i", host, "-mi", host]
        words += ["-p", str(port)] if port else []
        words += ["-nostdin", "-trace_logs", "-log_file", str(folder / f"{who}.log")]
        with (folder / f"{who}.out").open("wb") as output:
            return subprocess.Popen(  # noqa: S603 - the program that was fetched
                [*words, *more],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"TERM": "dumb"},
            )


def _caller(load: Load, folder: Path) -> str:
    speaks = ""
    if load.sound:
        file = folder / "speech.raw"
        speaks = f'<nop><action><exec rtp_stream="{file},-1,0,PCMU/8000"/></action></nop>\n'
    return _CALLER.format(
        called=load.called,
        sdp=_SDP.format(port="rtpstream_audio_port" if load.sound else "media_port"),
        holds_ms=load.holds_ms,
        speaks=speaks,
    )


def _agent() -> str:
    def reply(status: str, *, tag: str = "", cseq: str = _LAST, body: str = _EMPTY) -> str:
        return _REPLY.format(status=status, tag=tag, cseq=cseq) + body

    sdp = "Content-Type: application/sdp\nContent-Length: [len]\n\n" + _SDP.format(
        port="media_port"
    )
    invite = "CSeq: [$turn] INVITE"
    return _AGENT.format(
        answers_ms=ANSWERS_AFTER_MS,
        ringing=reply("180 Ringing", tag=_TAG),
        cancelled=reply("200 OK", tag=_TAG),
        terminated=reply("487 Request Terminated", tag=_TAG, cseq=invite),
        taken=reply("200 OK", tag=_TAG, cseq=invite, body=sdp),
        bye=reply("200 OK"),
    )


def _heard(text: str) -> Heard:
    heard = Heard()
    for what, at, number, agent in _LINE.findall(text):
        match what:
            case "called":
                heard.called[number] = float(at)
            case "done":
                heard.done.add(number)
            case _:
                heard.of_agent[agent].append((float(at), what == "rung"))
                if what == "rung":
                    heard.rung[number] = min(float(at), heard.rung.get(number, float(at)))
    return heard
