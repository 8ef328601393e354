"""The place of a promised callback: behind everybody who waits now, or before them once it is due.

Neither place changes with time. What brings a callback from the one to the other is an event.
"""

from warmline.core import ruleset
from warmline.core.callback import CallbackOrder
from warmline.core.interaction import Interaction
from warmline.core.state import Center
from warmline.core.words import DAY, Instant, Millis, QueueId

BEHIND: Millis = 100_000 * DAY
"""More than any wait, head start or match, and than the strictest priority, outweighs."""

_DEFERRED = CallbackOrder.DEFERRED  # an attribute of an enum costs more than the comparison


def is_promised(center: Center, interaction: Interaction) -> bool:
    """Whether its place is that of a deferred callback: promised, and not taken by anybody yet."""
    if not interaction.promised_by or interaction.accepted_at is not None:
        return False
    return ruleset.policy_of(center, interaction).callbacks.order is _DEFERRED


def deferred_until(center: Center, interaction: Interaction) -> Instant | None:
    """When it is to go before the others; None for what is not deferred, or no more."""
    if interaction.escalated or not is_promised(center, interaction):
        return None
    return interaction.promised_by - ruleset.policy_of(center, interaction).callbacks.margin_ms


def left_ms(center: Center, interaction: Interaction, now: Instant) -> Millis | None:
    """How long until it goes before the others; None for what is not deferred, or no more."""
    until = deferred_until(center, interaction)
    return None if until is None else until - now


def waits_since(center: Center, interaction: Interaction) -> Instant:
    """Since when it waits for somebody: one that was deferred since its promise drew near."""
    if not is_promised(center, interaction):
        return interaction.queued_at
    near = interaction.promised_by - ruleset.policy_of(center, interaction).callbacks.margin_ms
    return max(near, interaction.queued_at)


def how_many(center: Center, queue: QueueId | None) -> int:
    """How many are deferred, of all who wait or of those in the queue: nobody misses them yet."""
    interactions = center.interactions
    return sum(
        1
        for id_ in center.waiting.promised
        if queue is None or interactions[id_].queue == queue
        if deferred_until(center, interactions[id_]) is not None
    )


def line_key(interaction: Interaction) -> Instant:
    """The place of a promised one: the promise that ends first comes first."""
    if interaction.escalated:
        return interaction.promised_by - BEHIND
    return interaction.promised_by + BEHIND
