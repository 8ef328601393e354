"""One route for every command that a person gives, made from the core's own dataclasses."""

import uuid
from collections.abc import Collection, Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel

from warmline.core import commands as c
from warmline.core.permissions import NEEDED, Right, has
from warmline.core.words import Actor, AgentId, CommandId, Malformed, Party
from warmline.ports import Answer, Recorded, Submit
from warmline.web.auth import SessionGuard
from warmline.web.shapes import ID_PATTERN, Shape, shape_of, spec_of

GIVEN_BY_PEOPLE: Mapping[type[c.Command], Mapping[str, object]] = {
    c.Accept: {},
    c.Decline: {},
    c.Hold: {},
    c.Resume: {},
    c.Transfer: {"note": None},
    c.Consult: {},
    c.JoinConsult: {},
    c.EndConsult: {},
    c.End: {"cause": "agent"},
    c.WrapUp: {},
    c.MarkRead: {"reader": Party.AGENT},
    c.SetPresence: {},
}
"""The commands with a route, and the fields that are not for the client to say.

Words travel with their command, so what carries words has its route in `conversations`; settings
have theirs in `config`, which adds the audit; the rest is for channels and for the center.
"""

Key = Annotated[str | None, Header(alias="Idempotency-Key", pattern=ID_PATTERN)]


class EventsAnswer(BaseModel):
    """What a command caused, as far as the one who gave it may see it."""

    events: list[dict[str, Any]]
    repeated: bool


def command_id(actor: Actor, given: str | None, key: str | None) -> CommandId:
    """The id under which a command is recognised again: the client's, within its user's own."""
    if given and key and given != key:
        raise Malformed("id", "differs from the header Idempotency-Key", "differs")
    return CommandId(f"{actor.user}/{given or key or uuid.uuid4()}")


def shown(recorded: Recorded) -> dict[str, Any]:
    """An event as clients read it."""
    fields = msgspec.to_builtins(recorded.event, str_keys=True)
    return {"position": recorded.position, "name": type(recorded.event).__name__, **fields}


def visible(actor: Actor, answer: Answer, *, concerning: Collection[str]) -> EventsAnswer:
    """The events that the actor may see: routing may have moved others' work in the same step."""
    everything = has(actor, Right.READ_ALL)
    return EventsAnswer(
        events=[
            shown(recorded)
            for recorded in answer.events
            if everything or _concerns(recorded, actor.agent, concerning)
        ],
        repeated=answer.repeated,
    )


def _concerns(recorded: Recorded, agent: AgentId | None, concerning: Collection[str]) -> bool:
    """Whether the event is the agent's own, or about the interaction and no other agent."""
    whose: AgentId | None = getattr(recorded.event, "agent", None)
    if whose is not None:
        return whose == agent
    return getattr(recorded.event, "interaction", None) in concerning


def command_routes(submit: Submit, guard: SessionGuard) -> APIRouter:
    """`POST /commands/{Name}` for each of them."""
    routes = APIRouter(prefix="/commands", tags=["commands"])
    for kind, fixed in GIVEN_BY_PEOPLE.items():
        _add(routes, kind, fixed, submit, guard)
    return routes


def _add(
    routes: APIRouter,
    kind: type[c.Command],
    fixed: Mapping[str, object],
    submit: Submit,
    guard: SessionGuard,
) -> None:
    shape: Any = shape_of(kind, without=("by", *fixed), optional=("id",))
    allowed = Depends(guard.any_of(NEEDED[kind]))

    async def give(body: Shape, actor: Actor, idempotency_key: str | None = None) -> EventsAnswer:
        given = getattr(body, "id", None)
        name = command_id(actor, given, idempotency_key)
        command = spec_of(body, **fixed, id=name, by=actor)
        answer = await submit(command)
        concerned: str = getattr(command, "interaction", "")
        return visible(actor, answer, concerning={concerned})

    give.__annotations__ = {
        "body": shape,
        "actor": Annotated[Actor, allowed],
        "idempotency_key": Key,
        "return": EventsAnswer,
    }
    routes.add_api_route(
        f"/{kind.__name__}",
        give,
        methods=["POST"],
        name=kind.__name__,
        operation_id=kind.__name__,
        summary=kind.__name__,
        description=kind.__doc__,
    )
