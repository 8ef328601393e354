"""Asterisk's words, and what they mean in ours: they are spoken in this folder alone."""

from collections.abc import Mapping
from types import MappingProxyType

from warmline.channels.voice.words import Cause

APP = "warmline"
"""The name under which Asterisk hands calls to us."""
INBOUND = "inbound"
"""Told by its dialplan with a call that came in."""
DIALLED = "dialled"
"""Told by ourselves with a leg that we dial."""
WATCHING = "watching"
"""Told by ourselves with a channel by which somebody hears or speaks into another."""
PHONE = "{agent}"
"""The name of an agent's phone in Asterisk."""
BROWSER = "{agent}~web"
"""The name of the phone in an agent's browser; no agent's id holds this sign."""
PUSHED = ("auth", "aor", "endpoint")
"""What such a phone is made of, in the order in which it is made."""

ROOM = "room-"
WAITING = "waiting"
"""How the one place begins in which all wait; each hears music there, and nobody another."""
LISTENING = "listen-"
SNOOP = "snoop-"
"""How the ids begin of what we make beside legs."""
AGAIN = "~~"
"""Stands before the number of a room that was opened again."""

DEVICES = "{app}-devices"
"""The name under which Asterisk tells us of phones that come and go, and of nothing else."""

TOLD = "WARMLINE_LEG"
"""The channel variable that keeps what a leg is, for the next time that we start."""

UP = "Up"
RINGING = "Ringing"
"""The states of a channel that say something to us."""

RECORDINGS = "WARMLINE_RECORDINGS"
"""The variable of the whole Asterisk that keeps which recordings go on."""

# Q.850 causes, as Asterisk tells them with the end of a channel.
CAUSES: Mapping[int, Cause] = MappingProxyType(
    {
        1: Cause.UNREACHABLE,
        2: Cause.UNREACHABLE,
        3: Cause.UNREACHABLE,
        16: Cause.NORMAL,
        17: Cause.BUSY,
        18: Cause.NO_ANSWER,
        19: Cause.NO_ANSWER,
        20: Cause.UNREACHABLE,
        21: Cause.REJECTED,
        22: Cause.UNREACHABLE,
        26: Cause.NORMAL,
        27: Cause.UNREACHABLE,
        28: Cause.UNREACHABLE,
        31: Cause.NORMAL,
        34: Cause.FAILED,
        38: Cause.LOST,
        41: Cause.LOST,
        44: Cause.LOST,
    }
)
CODES: Mapping[Cause, int] = MappingProxyType(
    {
        Cause.NORMAL: 16,
        Cause.BUSY: 17,
        Cause.NO_ANSWER: 19,
        Cause.REJECTED: 21,
        Cause.UNREACHABLE: 20,
        Cause.CANCELLED: 16,
        Cause.FAILED: 38,
        Cause.LOST: 38,
    }
)

HEARD = (
    "ApplicationReplaced",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "ChannelHangupRequest",
    "ChannelHold",
    "ChannelStateChange",
    "ChannelTransfer",
    "ChannelUnhold",
    "PlaybackFinished",
    "RecordingFailed",
    "RecordingFinished",
    "RecordingStarted",
    "StasisEnd",
    "StasisStart",
)
"""The events of calls that we ask for; all others stay where they are."""
HEARD_OF_DEVICES = ("PeerStatusChange",)
"""A phone came or went. `EndpointStateChange` tells of each of its calls too: four for one call."""
