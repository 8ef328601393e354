"""The guard of service levels: a segment below its target gets more of its head start, in steps."""

from warmline.core import events as e
from warmline.core import ruleset
from warmline.core.interaction import Interaction
from warmline.core.modes import OWN_PCT
from warmline.core.policy import Tally
from warmline.core.settings import Guard, Segment
from warmline.core.state import Center
from warmline.core.words import Instant

MARGIN_PCT = 3
"""Above the target by this much, a step is taken back; in between nothing changes."""


def answered(center: Center, interaction: Interaction, at: Instant) -> None:
    """Somebody took the interaction for the first time: in time, or late."""
    segment = _guarded(center, interaction)
    if segment is not None and segment.target is not None and interaction.accepted_at is None:
        in_time = at - interaction.arrived_at <= segment.target.within_ms
        _count(center, segment, at, in_time=in_time)


def given_up(center: Center, interaction: Interaction, at: Instant) -> None:
    """The customer gave up before anybody took it; sooner than the target is nobody's fault."""
    segment = _guarded(center, interaction)
    if (
        segment is not None
        and segment.target is not None
        and interaction.accepted_at is None
        and at - interaction.arrived_at > segment.target.within_ms
    ):
        _count(center, segment, at, in_time=False)


def _guarded(center: Center, interaction: Interaction) -> Segment | None:
    if center.policy.guard is None or interaction.segment is None:
        return None
    return ruleset.segment_of(center, interaction)


def _count(center: Center, segment: Segment, at: Instant, *, in_time: bool) -> None:
    assert center.policy.guard is not None
    tally = center.tallies.get(segment.id)
    if tally is None:
        tally = center.tallies[segment.id] = Tally()
    tally.add(at, in_time=in_time, window_ms=center.policy.guard.window_ms)


def due(center: Center, now: Instant) -> list[e.Event]:
    """One step of the controller for every segment that needs one."""
    guard = center.policy.guard
    if guard is None:
        return []
    found: list[e.Event] = []
    for id_, tally in center.tallies.items():
        segment = center.segments.get(id_)
        if segment is None or segment.target is None:
            continue
        good, judged = tally.of_window(now - guard.window_ms)
        if judged < guard.least:
            continue
        reached = OWN_PCT * good // judged
        present = center.head_start_pct.get(id_, OWN_PCT)
        pct = _stepped(guard, present, reached, segment.target.share_pct)
        if pct != present:
            found.append(e.HeadStartScaled(at=now, segment=id_, pct=pct, reached_pct=reached))
    return found


def _stepped(guard: Guard, present: int, reached: int, wanted: int) -> int:
    if reached < wanted:
        return min(present + guard.step_pct, guard.most_pct)
    # Near 100 nobody can be above by the margin: then all in time is enough.
    if reached >= min(wanted + MARGIN_PCT, OWN_PCT):
        return max(present - guard.step_pct, OWN_PCT)
    return present


def hold_to_policy(center: Center) -> None:
    """The rules changed: no head start is larger than they allow, nothing without a guard."""
    guard = center.policy.guard
    if guard is None:
        center.head_start_pct.clear()
        center.tallies.clear()
        return
    for id_, pct in list(center.head_start_pct.items()):
        segment = center.segments.get(id_)
        if segment is None or segment.target is None or guard.most_pct == OWN_PCT:
            del center.head_start_pct[id_]
        else:
            center.head_start_pct[id_] = min(pct, guard.most_pct)


def next_step(center: Center, now: Instant) -> Instant | None:
    """When the guard looks again, at whole multiples of its period; None without a guard."""
    guard = center.policy.guard
    return None if guard is None else now - now % guard.every_ms + guard.every_ms
