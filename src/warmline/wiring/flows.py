"""Flows put together: what they may ask of customers and of other systems, and who runs them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter

from warmline.channels.callback.channel import Callbacks, Wish
from warmline.channels.webchat.limits import TooMany
from warmline.core import flow_acts as a
from warmline.core.commands import Identify
from warmline.core.interaction import Interaction
from warmline.core.words import (
    CHANNEL,
    SECOND,
    CommandId,
    CustomerId,
    InteractionId,
    Malformed,
    Medium,
    Rejected,
    SkillId,
    Verification,
)
from warmline.customers.portrait.due import PromiseBook
from warmline.flows.asking import asked_of
from warmline.flows.model import LANGUAGES, Doors
from warmline.flows.pins import Pins
from warmline.flows.routes import Room, flow_routes
from warmline.flows.runs import Runs
from warmline.flows.said import said
from warmline.flows.versions import Versions
from warmline.security.passwords import Passwords
from warmline.wiring.channels import Channels
from warmline.wiring.foundation import Foundation

_CALLBACKS = UUID("6a0e7b0c-6c53-4a64-9a55-0f3b1c1d2e31")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The flows of a center."""

    base: Foundation
    versions: Versions
    runs: Runs
    pins: Pins

    def routes(self) -> APIRouter:
        """The routes under `/api/v1`."""
        base = self.base
        room = Room(
            clock=base.clock,
            state=base.engine,
            needs=base.guard,
            versions=self.versions,
            pins=self.pins,
            users=base.people.users,
        )
        return flow_routes(room)


def open_flows(base: Foundation, channels: Channels) -> Flows:
    """The flows of the center, and the channels that run them."""
    audit = base.security.audit.setting
    versions = Versions(
        database=base.database,
        site=base.site,
        clock=base.clock,
        audit=audit,
        doors=lambda: _doors(base),
    )
    pins = Pins(
        database=base.database,
        site=base.site,
        clock=base.clock,
        hashing=Passwords(),
        audit=audit,
    )
    runs = Runs(
        database=base.database,
        site=base.site,
        clock=base.clock,
        state=base.engine,
        versions=versions,
        finder=Finding(base, pins, channels.callbacks),
    )
    channels.webchat.treat(runs)
    channels.email.rule(runs)
    for voice in channels.calling.voices:
        voice.treat(runs)

    async def said_by_flows() -> Mapping[str, Mapping[str, str]]:
        return said(one.said for one in await versions.in_force())

    channels.calling.prompts.said = said_by_flows
    return Flows(base=base, versions=versions, runs=runs, pins=pins)


def _doors(base: Foundation) -> Doors:
    """What a flow may name now."""
    center = base.engine.center()
    languages = [one for one in LANGUAGES if SkillId(one) in center.skills]
    return Doors(
        queues=frozenset(center.queues),
        calendars=frozenset(center.calendars),
        inboxes={id_: inbox.medium for id_, inbox in center.inboxes.items()},
        languages=languages or LANGUAGES,
    )


class Finding:
    """Finds out what flows ask (`flows.runs.Finder`)."""

    def __init__(self, base: Foundation, pins: Pins, callbacks: Callbacks) -> None:
        self._base = base
        self._pins = pins
        self._callbacks = callbacks
        self._promises = PromiseBook(base.database, base.site)

    async def __call__(
        self, interaction: InteractionId, fetch: a.Fetch, attributes: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """The values by field; None when there is nothing, or not in time."""
        if fetch.of == "http":
            return await asked_of(fetch.url, fetch.fields, wait_ms=fetch.wait_ms, step=fetch.step)
        if fetch.of == "callback":
            return await self._calls_back(interaction, fetch.queue, attributes)
        return await self._of_customer(interaction, fetch, attributes)

    async def _of_customer(
        self, interaction: InteractionId, fetch: a.Fetch, attributes: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """Who it is, when that is known, or shown by the right PIN."""
        found = self._base.engine.center().interactions.get(interaction)
        if found is None and fetch.of != "pin":
            return _of_letter(attributes)
        if found is None or found.customer is None:
            return None
        try:
            async with asyncio.timeout(fetch.wait_ms / SECOND):
                if fetch.of == "pin" and not await self._proven(found, found.customer, fetch.pin):
                    return None
                return await self._known(interaction)
        except TimeoutError:
            return None

    async def _known(self, interaction: InteractionId) -> Mapping[str, str] | None:
        """What look-ups and recognising find of a customer."""
        found = self._base.engine.center().interactions.get(interaction)
        if found is None or found.customer is None:
            return None
        ids = await self._base.directory.same(found.customer)
        promised = await self._promises.has_open(ids)
        values = {
            "segment": found.segment,
            "language": found.language,
            "verification": found.verification.value,
            "open_promise": "yes" if promised else "no",
        }
        return {name: str(value) for name, value in values.items() if value is not None}

    async def _calls_back(
        self, interaction: InteractionId, queue: str, attributes: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """Note a callback to the number of the caller; None where nobody could call it back."""
        inboxes = self._base.engine.center().inboxes.values()
        doors = [one.id for one in inboxes if one.medium is Medium.CALLBACK and one.queue == queue]
        if not doors or not attributes.get("caller"):
            return None
        found = self._base.engine.center().interactions.get(interaction)
        wish = Wish(
            inbox=doors[0],
            number=attributes["caller"],
            id=str(uuid5(_CALLBACKS, interaction)),
            language=attributes.get("language"),
            since=found.arrived_at if found is not None else None,
        )
        try:
            await self._callbacks.ask(wish)
        except (Malformed, Rejected, TooMany):
            return None
        return {}

    async def _proven(self, found: Interaction, customer: CustomerId, pin: str) -> bool:
        """Whether the PIN is theirs; then it is verified who they are."""
        if not await self._pins.is_right(customer, pin):
            return False
        command = Identify(
            id=CommandId(str(uuid4())),
            by=CHANNEL,
            interaction=found.id,
            customer=customer,
            verification=Verification.VERIFIED,
            segment=found.segment,
        )
        await self._base.submit(command)
        return True


def _of_letter(attributes: Mapping[str, str]) -> Mapping[str, str] | None:
    """What is known of who wrote a letter that is no interaction yet: what came with it."""
    if attributes.get("known") != "yes":
        return None
    return {name: attributes[name] for name in ("segment", "language", "verification")
            if attributes.get(name)}  # fmt: skip
