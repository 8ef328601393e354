"""The settings of the center over HTTP: read by everybody, written with an audit row."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import StringConstraints

from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.permissions import Right, rights
from warmline.core.state import Center
from warmline.core.words import Actor, CommandId, Malformed
from warmline.ports import State, Submit
from warmline.security.audit import Audit
from warmline.security.users import Users
from warmline.web.auth import SessionGuard
from warmline.web.shapes import ID_PATTERN, Shape, shape_of, spec_of

ItemId = Annotated[str, StringConstraints(pattern=ID_PATTERN), Path(alias="id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """How one kind of setting is written and read."""

    spec: type[Any]
    command: Callable[..., c.Command]
    shelf: Callable[[Center], Mapping[Any, Any]]


def _agents(center: Center) -> Mapping[Any, Any]:
    return {id_: agent.spec for id_, agent in center.agents.items()}


DEFINITIONS: Mapping[s.Kind, _Definition] = {
    s.Kind.SKILL: _Definition(
        spec=s.Skill, command=c.DefineSkill, shelf=lambda center: center.skills
    ),
    s.Kind.QUEUE: _Definition(
        spec=s.Queue, command=c.DefineQueue, shelf=lambda center: center.queues
    ),
    s.Kind.AGENT: _Definition(spec=s.Agent, command=c.DefineAgent, shelf=_agents),
    s.Kind.TEAM: _Definition(spec=s.Team, command=c.DefineTeam, shelf=lambda center: center.teams),
    s.Kind.CALENDAR: _Definition(
        spec=s.Calendar, command=c.DefineCalendar, shelf=lambda center: center.calendars
    ),
    s.Kind.INBOX: _Definition(
        spec=s.Inbox, command=c.DefineInbox, shelf=lambda center: center.inboxes
    ),
    s.Kind.DISPOSITION: _Definition(
        spec=s.Disposition, command=c.DefineDisposition, shelf=lambda center: center.dispositions
    ),
    s.Kind.REASON: _Definition(
        spec=s.Reason, command=c.DefineReason, shelf=lambda center: center.reasons
    ),
    s.Kind.SEGMENT: _Definition(
        spec=s.Segment, command=c.DefineSegment, shelf=lambda center: center.segments
    ),
}
_LEADING = frozenset({Right.SUPERVISE, Right.CONFIGURE})
"""Who may know how well somebody does."""
_PLURALS = {kind: f"{kind}s" for kind in s.Kind} | {s.Kind.INBOX: "inboxes"}


class Configuration:
    """Writes settings one at a time, so that `before` in the audit is what was there."""

    def __init__(self, *, state: State, submit: Submit, audit: Audit, users: Users) -> None:
        self._state = state
        self._submit = submit
        self._audit = audit
        self._users = users
        self._turn = asyncio.Lock()

    async def all(self, reader: Actor) -> dict[str, Any]:
        """Every setting, by kind; agents with their names, colleagues without their scores."""
        names = await self._users.agent_names()
        center = self._state.center()
        found: dict[str, Any] = {
            _PLURALS[kind]: [_built(spec) for spec in definition.shelf(center).values()]
            for kind, definition in DEFINITIONS.items()
        }
        for agent in found["agents"]:
            agent["name"] = names.get(agent["id"])
            if not _LEADING & rights(reader) and agent["id"] != reader.agent:
                agent |= {"scores": {}, "groups": {}}
        return {**found, "policy": _built(center.policy)}

    async def define(self, by: Actor, kind: s.Kind, item: str, spec: Any) -> dict[str, Any]:
        """Create or change a setting; the answer is the setting as it is now."""
        definition = DEFINITIONS[kind]
        async with self._turn:
            known = definition.shelf(self._state.center()).get(item)
            before = None if known is None else _built(known)
            after = _built(spec)
            action = "created" if before is None else "changed"
            audited = self._audit.setting(by, action, kind, item, before=before, after=after)
            await self._submit(
                definition.command(id=_new_id(), by=by, **{kind.value: spec}), audited
            )
        return after

    async def define_policy(self, by: Actor, policy: s.Policy) -> dict[str, Any]:
        """Change the policy; its version is one more than the one that was read."""
        async with self._turn:
            before, after = _built(self._state.center().policy), _built(policy)
            audited = self._audit.setting(
                by, "changed", "policy", "policy", before=before, after=after
            )
            await self._submit(c.DefinePolicy(id=_new_id(), by=by, policy=policy), audited)
        return after

    async def remove(self, by: Actor, kind: s.Kind, item: str) -> None:
        """Remove a setting that nothing uses."""
        async with self._turn:
            known = DEFINITIONS[kind].shelf(self._state.center()).get(item)
            before = None if known is None else _built(known)
            audited = self._audit.setting(by, "removed", kind, item, before=before, after=None)
            await self._submit(c.Remove(id=_new_id(), by=by, kind=kind, item=item), audited)


def _built(spec: Any) -> dict[str, Any]:
    return msgspec.to_builtins(spec, str_keys=True)


def _new_id() -> CommandId:
    return CommandId(str(uuid.uuid4()))


def config_routes(configuration: Configuration, guard: SessionGuard) -> APIRouter:
    """`GET /config`, and a pair of routes for every kind of setting."""
    routes = APIRouter(prefix="/config", tags=["config"])
    configure = Depends(guard(Right.CONFIGURE))

    @routes.get("")
    async def read_config(
        actor: Annotated[Actor, Depends(guard(Right.SIGNED_IN))],
    ) -> dict[str, Any]:
        """All settings, by kind."""
        return await configuration.all(actor)

    _add_policy(routes, configuration, configure)
    for kind in DEFINITIONS:
        _add(routes, configuration, configure, kind)
    return routes


def _add_policy(routes: APIRouter, configuration: Configuration, configure: Any) -> None:
    async def put(body: Shape, actor: Actor) -> dict[str, Any]:
        return await configuration.define_policy(actor, spec_of(body))

    put.__annotations__ = {
        "body": shape_of(s.Policy),
        "actor": Annotated[Actor, configure],
        "return": dict[str, Any],
    }
    routes.add_api_route(
        "/policy", put, methods=["PUT"], operation_id="PutPolicy", summary="Change the policy"
    )


def _add(routes: APIRouter, configuration: Configuration, configure: Any, kind: s.Kind) -> None:
    shape: Any = shape_of(DEFINITIONS[kind].spec, optional=("id",))

    async def put(id_: str, body: Shape, actor: Actor) -> dict[str, Any]:
        given: str | None = getattr(body, "id", None)
        if given is not None and given != id_:
            raise Malformed("id", "differs from the address", "differs")
        return await configuration.define(actor, kind, id_, spec_of(body, id=id_))

    put.__annotations__ = {
        "id_": ItemId,
        "body": shape,
        "actor": Annotated[Actor, configure],
        "return": dict[str, Any],
    }

    async def delete(id_: str, actor: Actor) -> None:
        await configuration.remove(actor, kind, id_)

    delete.__annotations__ = {
        "id_": ItemId,
        "actor": Annotated[Actor, configure],
        "return": None,
    }
    title = kind.value.title()
    address = f"/{kind}/{{id}}"
    routes.add_api_route(
        address, put, methods=["PUT"], operation_id=f"Put{title}", summary=f"Define a {kind}"
    )
    routes.add_api_route(
        address,
        delete,
        methods=["DELETE"],
        status_code=204,
        operation_id=f"Delete{title}",
        summary=f"Remove a {kind} that nothing uses",
    )
