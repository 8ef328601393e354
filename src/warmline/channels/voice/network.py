"""What we ask of a telephone network; its word of honour is the contract suite."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from warmline.channels.voice.words import (
    Ability,
    Outcome,
    RecordingId,
    Snapshot,
    VoiceCommand,
    VoiceEvent,
)

Hear = Callable[[VoiceEvent], Awaitable[None]]
"""Told of each event in turn; a leg's next one comes when it has returned."""


class VoiceNetwork(Protocol):
    """Carries sound between legs. Commands may be said twice; events of a leg come in order."""

    @property
    def name(self) -> str:
        """Its word in settings, logs and rows."""
        ...

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do."""
        ...

    async def run(self, hear: Hear) -> None:
        """Be there and tell what happens, until cancelled; comes back by itself when lost."""
        ...

    async def do(self, command: VoiceCommand) -> Outcome:
        """Do what is asked, at once; never raises for what the world may do."""
        ...

    async def snapshot(self) -> Snapshot:
        """What is there now; raises `ConnectionError` while the network is not."""
        ...

    async def sound(self, recording: RecordingId) -> bytes:
        """A finished recording (WAV); `LookupError` when there is none."""
        ...

    async def forget(self, recording: RecordingId) -> None:
        """The sound is kept elsewhere: no copy of it stays here. Twice does no harm."""
        ...
