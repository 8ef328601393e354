"""What the center and a telephone network say to each other: calls, legs, rooms.

A *call* is the sound of one interaction, a *leg* one party of it, a *room* those who hear each
other. The center chooses every id, so that a command said twice is done once. Times are in
milliseconds. No word of any one network stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from warmline.core.words import AgentId, Instant, Millis

LegId = NewType("LegId", str)
RoomId = NewType("RoomId", str)
PlayId = NewType("PlayId", str)
CollectId = NewType("CollectId", str)
RecordingId = NewType("RecordingId", str)


class Ability(StrEnum):
    """What a network may be able to do; what it cannot it answers with `unsupported`."""

    NUMBERS = "numbers"
    """Telephone numbers can be dialled."""
    DIGITS = "digits"
    PLAY = "play"
    MUSIC = "music"
    RECORD = "record"
    SPLIT = "split"
    """A recording with each side on a channel of its own."""
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    CONFERENCE = "conference"
    DEVICE_TRANSFER = "device_transfer"


class Outcome(StrEnum):
    """What became of a command at once; what follows comes as events."""

    DONE = "done"
    GONE = "gone"
    """The leg or room is no more: nothing to do, nothing wrong."""
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


class Cause(StrEnum):
    """Why a leg ended."""

    NORMAL = "normal"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    FAILED = "failed"
    LOST = "lost"
    """Nobody hung up: the device, the connection or the network went away."""


class By(StrEnum):
    """Who ended a leg."""

    PARTY = "party"
    CENTER = "center"
    NETWORK = "network"


class Mode(StrEnum):
    """How somebody is in a room."""

    TALK = "talk"
    LISTEN = "listen"
    WHISPER = "whisper"
    """Hears all, is heard by one leg alone."""
    BARGE = "barge"


class Role(StrEnum):
    """Whose leg it is."""

    CUSTOMER = "customer"
    AGENT = "agent"
    COLLEAGUE = "colleague"
    SUPERVISOR = "supervisor"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The phone of an agent, whatever it is: the browser's, or one on the table."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A telephone number (E.164) or an address of the network's own."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is shown as calling."""

    number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Something to be heard: a recording by its name, the key of a blob, or words to be spoken.

    With a name and words, the words are for where nothing was recorded under that name.
    """

    prompt: str | None = None
    blob: str | None = None
    text: str | None = None
    language: str = "en"
    passing: bool = False
    """The words hold what belongs to one caller: they are not kept for the next."""


# What the center asks


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceCommand:
    """Something asked of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCommand(VoiceCommand):
    """Something asked of one leg."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(LegCommand):
    """Take an incoming leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(LegCommand):
    """Refuse an incoming leg."""

    cause: Cause = Cause.BUSY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(LegCommand):
    """Ring somebody; `LegRinging`, `LegAnswered` or `LegEnded` follow."""

    call: str
    to: Device | Number
    role: Role
    ring_ms: Millis
    caller: Caller = field(default_factory=Caller)
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Told to the device with the ring (`interaction`, `offer`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp(LegCommand):
    """The agent accepted on the screen: let the ringing device answer, if it can be told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpLeg(LegCommand):
    """End a leg."""

    cause: Cause = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom(VoiceCommand):
    """Make a room of a call; one that is open already stays."""

    room: RoomId
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRoom(VoiceCommand):
    """Close a room; legs that were in it stay, and hear nothing."""

    room: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(LegCommand):
    """Bring a leg into a room, from wherever it was; `of` is whom a whisper is for.

    What was played to it falls silent.
    """

    room: RoomId
    mode: Mode = Mode.TALK
    of: LegId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(LegCommand):
    """Let a leg wait with music, out of any room: in the line, or on hold."""

    music: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(LegCommand):
    """Whether the others in the room hear the leg."""

    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(LegCommand):
    """Play sounds one after another to a leg; music ducks and comes back by itself."""

    play: PlayId
    sounds: tuple[Sound, ...]
    stop_on_digit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayInRoom(VoiceCommand):
    """Play sounds to everybody in a room, over what they say; said again it is done once."""

    room: RoomId
    play: PlayId
    sounds: tuple[Sound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlaying(LegCommand):
    """Fall silent."""

    play: PlayId


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(LegCommand):
    """Take digits: `most` of them, or until the `ending` one, or a time without any."""

    collect: CollectId
    most: int = 1
    ending: str = "#"
    first_ms: Millis = 8_000
    between_ms: Millis = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigits(LegCommand):
    """Send digits out on a leg."""

    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecording(VoiceCommand):
    """Record a room; `split` keeps the customer's side and ours apart where that can be done."""

    recording: RecordingId
    room: RoomId
    split: bool = False
    most_ms: Millis = 4 * 3_600_000
    silence_ms: Millis = 0
    """Finish by itself after so long without a sound, where the network hears that; 0 is never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording(VoiceCommand):
    """Keep nothing of what is said from now on, as while a card number is told."""

    recording: RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording(VoiceCommand):
    """Go on recording."""

    recording: RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecording(VoiceCommand):
    """Finish; `Recorded` follows."""

    recording: RecordingId


# What happened


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceEvent:
    """Something that happened in a network."""

    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEvent(VoiceEvent):
    """Something that happened to one leg: told in order, and nothing after `LegEnded`."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOffered(LegEvent):
    """Somebody calls. The network names this leg, the only one that the center does not."""

    caller: Caller
    called: str
    """The number or page that was called."""
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRinging(LegEvent):
    """It rings there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(LegEvent):
    """They can be talked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(LegEvent):
    """Exactly one for each leg, whatever becomes of it."""

    cause: Cause
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(LegEvent):
    """A key; never told while a recording of the leg's room is paused."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected(LegEvent):
    """What was keyed in for a `Collect`; empty when nothing was."""

    collect: CollectId
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAsked(LegEvent):
    """The party's own device put the talk on hold, or took it up again."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAsked(LegEvent):
    """The party's own device asks to hand the talk on; the center decides."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityMeasured(LegEvent):
    """How well it is heard: loss as a share, jitter and round trip in ms, MOS 1 to 4.5."""

    loss: float
    jitter_ms: float
    round_trip_ms: float
    mos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(LegEvent):
    """A `Play` is over, by itself or because it was stopped."""

    play: PlayId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReady(VoiceEvent):
    """A recording is finished; its sound is at hand by `VoiceNetwork.sound` until taken."""

    recording: RecordingId
    duration_ms: Millis
    """How long; 0 when its sound alone tells."""
    spoken_ms: Millis | None = None
    """How long something was heard in it, where the network knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(VoiceEvent):
    """Nothing was kept; `why` is a word for the log."""

    recording: RecordingId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSeen(VoiceEvent):
    """An agent's phone came (`on`) or went."""

    agent: AgentId
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUp(VoiceEvent):
    """The network is there (again): compare with its `snapshot` now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDown(VoiceEvent):
    """The network does not answer; talks may well go on in it."""


# What is there


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSeen:
    """A leg as the network has it now."""

    leg: LegId
    call: str | None
    role: Role
    answered: bool
    room: RoomId | None = None
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a network has: what the center does not know is adopted or ended."""

    legs: tuple[LegSeen, ...] = ()
    rooms: tuple[RoomId, ...] = ()
    recordings: tuple[RecordingId, ...] = ()
