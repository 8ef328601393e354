"""What the routes of calls need: the networks, who may, and where deeds are put on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import HTTPException
from sqlalchemy import Insert

from warmline.channels.voice.channel import VoiceChannel
from warmline.core import supervision
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, InteractionId, Rejected
from warmline.ports import Guard
from warmline.storage.journal import storage_errors


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


class Audit(Protocol):
    """Makes an audit row for a deed that concerns a person."""

    def __call__(
        self, actor: Actor, action: str, kind: str, item: str, *, fields: Sequence[str] = ()
    ) -> Insert: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRoom:
    """What the routes of calls need."""

    voices: Sequence[VoiceChannel]
    needs: Guard
    sight: Sight
    audit: Audit
    region: str | None = None
    """The country of numbers that come without one."""

    @property
    def first(self) -> VoiceChannel:
        """Any of the channels: they share rows and files."""
        return self.voices[0]

    def of(self, interaction: InteractionId) -> VoiceChannel:
        """The channel of a call that goes on, else 404."""
        for voice in self.voices:
            if voice.calls.get(interaction) is not None:
                return voice
        raise HTTPException(404, f"there is no call of interaction {interaction} now")

    def network(self, name: str) -> VoiceChannel:
        """The channel over a network, else 404."""
        for voice in self.voices:
            if voice.network.name == name:
                return voice
        raise HTTPException(404, f"there is no network {name}")

    async def audited(self, row_: Insert) -> None:
        """Put a deed on record before it is done."""
        with storage_errors():
            async with self.first.database.write() as connection:
                await connection.execute(row_)

    def must_hold(self, actor: Actor, interaction: InteractionId) -> None:
        """Refuse whoever neither has the talk in hand nor supervises it."""
        found = self.first.state.center().interactions.get(interaction)
        mine = found is not None and actor.agent is not None and found.agent == actor.agent
        if not mine:
            self.must_supervise(actor, interaction)

    def must_supervise(self, actor: Actor, interaction: InteractionId) -> None:
        """Refuse whoever does not supervise the talk; one that is over is nobody's."""
        center = self.first.state.center()
        found = center.interactions.get(interaction)
        if found is not None:
            supervision.must_supervise(center, actor, found, "come in")
        elif not has(actor, Right.SUPERVISE):
            raise Rejected("not_yours", f"Interaction {interaction} is not yours.")
