"""Handing a conversation on, with a word to the colleague, and to whom it can go."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.conversations import writes
from warmline.conversations.answer import GivenId
from warmline.conversations.model import TEXT_LIMIT_CHARS, Author, Said
from warmline.conversations.room import Room
from warmline.core.agent import AgentState
from warmline.core.center import Center
from warmline.core.commands import Transfer
from warmline.core.permissions import Right
from warmline.core.queueing import open_now
from warmline.core.words import (
    Actor,
    AgentId,
    CommandId,
    InteractionId,
    Medium,
    MessageId,
    Phase,
    Presence,
    QueueId,
)

Id = Annotated[str, Field(max_length=64)]


class TransferBody(BaseModel):
    """Where a conversation goes: a queue, a colleague, or a colleague by way of a queue."""

    model_config = ConfigDict(extra="forbid")

    id: GivenId | None = None
    interaction: Id
    to_queue: Id | None = None
    to_agent: Id | None = None
    note: str | None = Field(default=None, max_length=TEXT_LIMIT_CHARS)


def add_transfer_routes(router: APIRouter, room: Room) -> None:
    """`POST /transfers` and `GET /transfer-targets`."""
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/transfers")
    async def transfer(body: TransferBody, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """Hand a conversation on; the note is for whoever takes it."""
        interaction = InteractionId(body.interaction)
        await room.header(actor, interaction)
        id_ = body.id or uuid4().hex
        note = MessageId(f"{id_}-note"[-64:]) if body.note and body.note.strip() else None
        command = Transfer(
            id=CommandId(f"transfer:{id_}"),
            by=actor,
            interaction=interaction,
            to_queue=QueueId(body.to_queue) if body.to_queue else None,
            to_agent=AgentId(body.to_agent) if body.to_agent else None,
            note=note,
        )
        travelling: tuple[writes.Write, ...] = ()
        if note is not None and body.note is not None:
            given = Said(
                id=note,
                interaction=interaction,
                at=room.clock.now(),
                author=Author.NOTE,
                text=body.note,
                agent=actor.agent,
                user=actor.user,
            )
            travelling = writes.noted(room.site, given)
        answer = await room.submit(command, *travelling)
        return {
            "interaction": interaction,
            "note": note,
            "position": answer.events[-1].position if answer.events else None,
            "repeated": answer.repeated,
        }

    @router.get("/transfer-targets")
    async def targets(
        _actor: Annotated[Actor, reader], medium: Annotated[Medium, Query()] = Medium.CHAT
    ) -> dict[str, object]:
        """The queues and colleagues that a conversation of a medium can go to, as they are now."""
        center = room.state.center()
        queues = _queues(center, medium, room.clock.now())
        present = [
            agent for agent in center.agents.values() if agent.presence is not Presence.OFFLINE
        ]
        shown = [_agent(agent, medium) for agent in present]
        names = await room.names.agents({agent.id for agent in present})
        for one in shown:
            one["name"] = names.get(AgentId(str(one["id"])), one["id"])
        return {"queues": queues, "agents": shown}


def _queues(center: Center, medium: Medium, now: int) -> list[dict[str, object]]:
    waiting: dict[QueueId | None, int] = {}
    for interaction in center.interactions.values():
        if interaction.phase in {Phase.QUEUED, Phase.OFFERED}:
            waiting[interaction.queue] = waiting.get(interaction.queue, 0) + 1
    shown: list[dict[str, object]] = []
    for queue in center.queues.values():
        mask = center.waiting.bits.of_needs(queue.rings[-1].needs)
        free = sum(
            1
            for agent in center.agents.values()
            if agent.ready() and agent.has_room(medium) and agent.profile.mask & mask == mask
        )
        shown.append(
            {
                "id": queue.id,
                "name": queue.name,
                "waiting": waiting.get(queue.id, 0),
                "agents_free": free,
                "open": open_now(center, queue, now),
            }
        )
    return shown


def _agent(agent: AgentState, medium: Medium) -> dict[str, object]:
    return {
        "id": agent.id,
        "presence": agent.presence.value,
        "team": agent.spec.team,
        "load": len(agent.holds),
        "open": agent.ready() and agent.has_room(medium),
    }
