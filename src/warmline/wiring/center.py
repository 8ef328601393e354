"""A whole center over one data folder, served or only asked."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import Request

from warmline.config import Settings
from warmline.core.words import (
    InteractionId,
)
from warmline.customers.value.command import own_orders
from warmline.customers.value.purchases import Orders
from warmline.engine.codec import decode_center
from warmline.engine.moments import Moments
from warmline.policies.what_if import Runs
from warmline.web.wired import Wired
from warmline.wiring.channels import Channels, doors, nobody, open_channels
from warmline.wiring.courtesy import open_courtesy
from warmline.wiring.experience import open_experience
from warmline.wiring.flows import open_flows
from warmline.wiring.foundation import Foundation, lay_foundation
from warmline.wiring.rooms import ordering_of, room_routes
from warmline.wiring.running import Running

EXPLAINED_EVENTS = 2_000_000
"""How far the command line goes back to try a decision again: nobody waits for it at a screen."""


def wire(settings: Settings) -> Wired:
    """A whole center over the data folder of `settings`, ready to be served."""
    base = lay_foundation(settings)
    return composed(base, open_channels(base))


def composed(
    base: Foundation, channels: Channels, uncounted: Callable[[Request], bool] = nobody
) -> Wired:
    from warmline.sim.what_if import WhatIf

    work = WhatIf(base.settings)
    runs = Runs(database=base.database, clock=base.clock, site=base.site, work=work)
    courtesy = open_courtesy(base, channels.email)
    ordering = ordering_of(base, courtesy)
    experience = open_experience(base, channels)
    flows = open_flows(base, channels)
    running = Running(base, channels, runs, ordering, experience, courtesy)
    return Wired(
        settings=base.settings,
        clock=base.clock,
        state=base.engine,
        submit=base.submit,
        signals=base.signals,
        security=base.security,
        guard=base.guard,
        running=running.run,
        ready=running.is_ready,
        rooms=(
            *room_routes(base, channels, runs, ordering, courtesy),
            *experience.routes(),
            flows.routes(),
        ),
        doors=(*doors(base, channels, uncounted), *experience.doors(uncounted)),
    )


async def explained(
    settings: Settings, interaction: InteractionId, locale: str
) -> Sequence[Mapping[str, object]]:
    """Why an interaction was offered to whom, read from a data folder that may be in use."""
    from warmline.insight.explaining import Explanations

    base = lay_foundation(settings)
    past = Moments(base.journal, most_events=EXPLAINED_EVENTS)
    try:
        explanations = Explanations(base.database, base.site, past, base.people.agents)
        return await explanations.of(interaction, locale)
    finally:
        await base.database.close()


async def ordered(settings: Settings) -> Orders:
    """The orders of a center, read from a data folder that may be in use."""
    base = lay_foundation(settings)
    try:
        snapshot = await base.journal.load_snapshot()
        zone = "UTC" if snapshot is None else decode_center(snapshot[1]).zone
        return await own_orders(base.database, base.site, zone)
    finally:
        await base.database.close()
