"""The doors of calls over HTTP, for whom a header says; consent is what the one rule says."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from fastapi import FastAPI, Request

from tests.channels.voice.people import Office
from tests.contracts.house import SITE, TeamNames, who
from warmline.channels.voice.out_routes import out_routes
from warmline.channels.voice.outgoing import Outgoing
from warmline.channels.voice.room import VoiceRoom
from warmline.channels.voice.routes import voice_routes
from warmline.channels.voice.supervision import supervision_routes
from warmline.conversations.scope import Sight
from warmline.core.permissions import Right, rights
from warmline.core.words import Actor, AgentId, Role, Scope, TeamId
from warmline.customers.rights.contacts import Contacts
from warmline.security.audit import Audit
from warmline.web import problems
from warmline.wiring.calling_out import CallConsent


class Header:
    """A guard that lets in as whom the header says, where that one has the right."""

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]:
        return self.any_of(frozenset({right}))

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]:
        async def asker(request: Request) -> Actor:
            team = request.headers.get("x-team")
            actor = replace(
                who(AgentId(request.headers["x-who"])),
                roles=frozenset(Role(one) for one in request.headers["x-roles"].split(",")),
                scope=None if team is None else Scope(teams=frozenset({TeamId(team)})),
            )
            assert rights(actor) & wanted, "another test tries who may do what"
            return actor

        return asker


def as_(agent: AgentId, *roles: Role) -> dict[str, str]:
    return {"x-who": agent, "x-roles": ",".join(roles or (Role.AGENT,))}


@asynccontextmanager
async def open_desk(office: Office) -> AsyncGenerator[httpx.AsyncClient]:
    """The routes of calls over the house's network."""
    house = office.house
    app = FastAPI()
    problems.install(app)
    room = VoiceRoom(
        voices=(house.voice,),
        needs=Header(),
        sight=Sight(house.database, SITE, house.engine, TeamNames()),
        audit=Audit(house.database, SITE, house.clock).row,
    )
    contacts = Contacts(database=house.database, site=SITE, clock=house.clock, state=house.engine)
    outgoing = Outgoing(
        site=SITE,
        voices=(house.voice,),
        state=house.engine,
        clock=house.clock,
        customers=house.customers,
        consent=CallConsent(contacts=contacts, directory=house.customers),
        submit=house.engine.submit,
        region=None,
    )
    app.include_router(voice_routes(room))
    app.include_router(out_routes(room, outgoing))
    app.include_router(supervision_routes(room, house.engine.submit))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://center.test") as client:
        yield client
