"""Calls as they are told over HTTP: by ids and times, never numbers."""

from collections.abc import Sequence

from pydantic import BaseModel

from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.quality import summary
from warmline.channels.voice.steps import PAUSE_LIMIT_MS
from warmline.core.words import InteractionId
from warmline.storage.rows import Row


class QualityAnswer(BaseModel):
    """How a party heard the others: the mean over the call, and the worst 5 seconds of it."""

    measured: int
    """How often it was measured."""
    loss: float
    """A share, 0 to 1."""
    loss_most: float
    jitter_ms: float
    jitter_most_ms: float
    round_trip_ms: float
    round_trip_most_ms: float
    mos: float
    """1 to 4.5."""
    mos_least: float


class LegAnswer(BaseModel):
    """One party of a call."""

    leg: str
    role: str
    agent: str | None
    at: int
    answered_at: int | None
    ended_at: int | None
    cause: str | None
    by: str | None
    place: str | None = None
    """`waiting`, the room, or null."""
    mode: str | None = None
    quality: QualityAnswer | None = None
    """What its page measured; null for a telephone that is none of ours."""


class RecordingAnswer(BaseModel):
    """A recording; with `ready` its sound can be heard."""

    id: str
    agent: str | None
    started_at: int
    ended_at: int | None
    duration_ms: int | None
    paused_at: int | None
    goes_on_at: int | None
    ready: bool
    failed: str | None


class CallAnswer(BaseModel):
    """A call, going on or over."""

    interaction: str
    network: str
    up: bool
    live: bool
    abilities: list[str]
    legs: list[LegAnswer]
    recordings: list[RecordingAnswer]


class NetworkAnswer(BaseModel):
    """A network that carries calls."""

    name: str
    up: bool
    abilities: list[str]
    phones: list[str]
    """Agents whose phones are there, as far as the network tells."""


class LineAnswer(BaseModel):
    """Where a called number or page leads."""

    network: str
    called: str
    inbox: str
    greeting: str | None
    language: str | None
    recorded: bool
    announce: str | None
    """What those who wait are told: `position`, `wait`, `both`; null is nothing."""
    announce_first_s: int | None
    announce_every_s: int | None


def call_answer(
    interaction: InteractionId,
    legs: Sequence[Row],
    recordings: Sequence[Row],
    voices: Sequence[VoiceChannel],
    measured: Sequence[Row] = (),
) -> CallAnswer:
    """A call from its rows, and from the channel that has it in hand while it goes on."""
    network = str((legs or recordings)[0]["network"])
    voice = next((one for one in voices if one.network.name == network), None)
    call = voice.calls.get(interaction) if voice is not None else None
    qualities = {one["leg"]: QualityAnswer(**summary(one)) for one in measured}
    told: list[LegAnswer] = []
    for one in legs:
        names = LegAnswer.model_fields.keys() - {"place", "mode", "quality"}
        answer = LegAnswer(**{name: one[name] for name in names})
        answer.quality = qualities.get(one["leg"])
        known = call.legs.get(one["leg"]) if call is not None else None
        if known is not None and known.is_there():
            answer.place = known.place
            answer.mode = known.mode
        told.append(answer)
    return CallAnswer(
        interaction=interaction,
        network=network,
        up=voice is not None and voice.up,
        live=call is not None,
        abilities=sorted(voice.network.abilities) if voice is not None else [],
        legs=told,
        recordings=[_recording(one) for one in recordings],
    )


def _recording(one: Row) -> RecordingAnswer:
    paused = one["paused_at"]
    return RecordingAnswer(
        id=one["id"],
        agent=one["agent"],
        started_at=one["started_at"],
        ended_at=one["ended_at"],
        duration_ms=one["duration_ms"],
        paused_at=paused,
        goes_on_at=None if paused is None else paused + PAUSE_LIMIT_MS,
        ready=one["blob"] is not None,
        failed=one["failed"],
    )
