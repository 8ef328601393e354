"""What must hold before a policy may be in force: guard, modes, affinities and the rest."""

from collections.abc import Iterable, Mapping

from warmline.core.callback import Callbacks
from warmline.core.checks import (
    HIGHEST_VALUE,
    ID,
    LONGEST,
    MOST_WAITING,
    PERCENT,
    Known,
    check_capacity,
    check_id,
    check_known,
    check_name,
    check_range,
    check_unique,
    within,
)
from warmline.core.settings import Affinity, Guard, Measure, Mode, Policy, Stake, Trigger
from warmline.core.words import DAY, HOUR, MINUTE, SECOND, Malformed, Medium

MOST_MODES = 20
MOST_AFFINITIES = 10
MOST_STAKES = 20
MOST_REVEALS = 1_000
MOST_ATTEMPTS = 10
LARGEST_BONUS = 30 * SECOND
SHORTEST_REASON = 20
LONGEST_REASON = 500
LARGEST_PCT = 200
"""What the guard may make of a head start at most, in percent."""
LARGEST_SEED = 2**31 - 1
_MOST_VERSIONS = 1_000_000_000
_WAITS = ("declined_ms", "transfer_ms", "consult_ms", "agent_lost_ms", "customer_lost_queued_ms",
          "customer_lost_connected_ms", "chat_idle_ms")  # fmt: skip


def check_policy(known: Known, policy: Policy) -> None:
    """Whether the policy makes sense and names what exists."""
    check_range("version", policy.version, 1, _MOST_VERSIONS)
    check_range("seed", policy.seed, 0, LARGEST_SEED)
    check_range("worth_ms", policy.worth_ms, 0, DAY)
    check_range("load_handicap_ms", policy.load_handicap_ms, 0, DAY)
    for weight in policy.traits.values():
        check_range("traits", weight, 0, PERCENT)
    _check_times(policy)
    for medium, media in policy.interrupts.items():
        _check_interrupts(policy.interrupts, medium, media)
    if policy.guard is not None:
        with within("guard"):
            _check_guard(policy.guard)
    _check_modes(known, policy.modes)
    _check_affinities(policy.affinities)
    _check_stakes(policy.stakes)
    check_range("reveals_per_hour", policy.reveals_per_hour, 0, MOST_REVEALS)
    check_range("unmasked_ms", policy.unmasked_ms, 0, DAY)
    check_known("dedicated", "segment", policy.dedicated, known.segments)
    check_known("dedicated", "team", policy.dedicated.values(), known.teams)
    _check_capacities(known, policy)
    with within("callbacks"):
        _check_callbacks(known, policy.callbacks)


def _check_times(policy: Policy) -> None:
    for length in policy.offer_ms.values():
        check_range("offer_ms", length, 5_000, DAY)
    for offset in policy.medium_offset_ms.values():
        check_range("medium_offset_ms", offset, 0, LONGEST)
    for field in _WAITS:
        check_range(field, getattr(policy, field), 1000, DAY)


def _check_callbacks(known: Known, callbacks: Callbacks) -> None:
    check_range("margin_ms", callbacks.margin_ms, 0, DAY)
    check_range("within_ms", callbacks.within_ms, MINUTE, DAY)
    check_known("offer_after", "queue", callbacks.offer_after, known.queues)
    for after_ms in callbacks.offer_after.values():
        check_range("offer_after", after_ms, 0, DAY)
    check_range("attempts", callbacks.attempts, 1, MOST_ATTEMPTS)
    check_range("again_ms", callbacks.again_ms, MINUTE, DAY)
    check_range("ask_before_ms", callbacks.ask_before_ms, 0, DAY)


def _check_interrupts(
    interrupts: Mapping[Medium, tuple[Medium, ...]], medium: Medium, media: Iterable[Medium]
) -> None:
    """Nothing may interrupt what interrupts it, however far round."""
    seen: set[Medium] = set()
    below = list(media)
    while below:
        one = below.pop()
        if one is medium:
            raise Malformed("interrupts", f"{medium} would interrupt itself")
        if one not in seen:
            seen.add(one)
            below.extend(interrupts.get(one, ()))


def _check_guard(guard: Guard) -> None:
    check_range("every_ms", guard.every_ms, 10 * SECOND, HOUR)
    check_range("window_ms", guard.window_ms, MINUTE, DAY)
    check_range("step_pct", guard.step_pct, 1, PERCENT)
    check_range("most_pct", guard.most_pct, PERCENT, LARGEST_PCT)
    check_range("least", guard.least, 1, 10_000)


def _check_modes(known: Known, modes: tuple[Mode, ...]) -> None:
    check_range("modes", len(modes), 0, MOST_MODES)
    check_unique("modes", (mode.id for mode in modes))
    for mode in modes:
        with within(f"modes.{mode.id}"):
            _check_mode(known, mode)


def _check_mode(known: Known, mode: Mode) -> None:
    check_id(mode.id)
    check_name(mode.name)
    if mode.calendar is None and mode.trigger is None:
        raise Malformed("trigger", "a mode needs a calendar or a trigger")
    check_known("calendar", "calendar", [mode.calendar] if mode.calendar else [], known.calendars)
    if mode.trigger is not None:
        with within("trigger"):
            _check_trigger(known, mode.trigger)
    if mode.worth_ms is not None:
        check_range("worth_ms", mode.worth_ms, 0, DAY)
    check_known("head_starts", "segment", mode.head_starts, known.segments)
    for head_start in mode.head_starts.values():
        check_range("head_starts", head_start, 0, DAY)
    for offset in mode.medium_offset_ms.values():
        check_range("medium_offset_ms", offset, 0, LONGEST)


def _check_trigger(known: Known, trigger: Trigger) -> None:
    most = PERCENT if trigger.measure is Measure.OCCUPANCY_PCT else MOST_WAITING
    check_range("on_at", trigger.on_at, 1, most)
    check_range("off_at", trigger.off_at, 0, most)
    if trigger.off_at >= trigger.on_at:
        raise Malformed("off_at", "must be less than on_at, so that the mode does not flutter")
    check_range("calm_ms", trigger.calm_ms, 0, DAY)
    check_known("queue", "queue", [trigger.queue] if trigger.queue else [], known.queues)


def _check_affinities(affinities: tuple[Affinity, ...]) -> None:
    check_range("affinities", len(affinities), 0, MOST_AFFINITIES)
    check_unique("affinities", (affinity.trait for affinity in affinities))
    for number, affinity in enumerate(affinities):
        with within(f"affinities.{number}"):
            if not ID.fullmatch(affinity.trait):
                raise Malformed("trait", "is named like an id")
            check_range("bonus_ms", affinity.bonus_ms, 1, LARGEST_BONUS)
            if not SHORTEST_REASON <= len(affinity.reason.strip()) <= LONGEST_REASON:
                raise Malformed(
                    "reason", f"say why in {SHORTEST_REASON} to {LONGEST_REASON} characters"
                )


def _check_stakes(stakes: tuple[Stake, ...]) -> None:
    check_range("stakes", len(stakes), 0, MOST_STAKES)
    check_unique("stakes", (stake.id for stake in stakes))
    for stake in stakes:
        with within(f"stakes.{stake.id}"):
            check_id(stake.id)
            check_name(stake.name)
            check_range("head_start_ms", stake.head_start_ms, 0, DAY)
            check_range("value", stake.value, 1, HIGHEST_VALUE)


def _check_capacities(known: Known, policy: Policy) -> None:
    check_known("capacities", "team", policy.capacities, known.teams)
    for team, capacity in policy.capacities.items():
        with within(f"capacities.{team}"):
            check_capacity(capacity)
    if policy.trainee is not None:
        with within("trainee"):
            check_capacity(policy.trainee)
