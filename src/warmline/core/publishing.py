"""How rules come into force: publishing, trials, modes, the guard's steps, prices, the matcher."""

from warmline.core import commands as c
from warmline.core import deadlines, guard, modes, routing, ruleset
from warmline.core import events as e
from warmline.core.checks import check_known, within
from warmline.core.permissions import Right, has
from warmline.core.policy import Ruleset, Tried
from warmline.core.state import Center
from warmline.core.words import HOUR, Actor, Instant, Malformed, Millis, Rejected

LARGEST_PRICE: Millis = HOUR
TRIAL, MODE, GUARD = "trial", "mode", "guard"
"""What a deadline may be of, beside interactions and agents."""
_CAUSES = frozenset({"forecast", "failed", "off"})


# Publishing and trying


def decide_publish(center: Center, command: c.Publish, now: Instant) -> list[e.Event]:
    """Put a version in force; a trial ends with it, and the matcher is given another chance."""
    rules = command.ruleset
    if rules.policy.version <= center.policy.version:
        raise Rejected(
            "policy_changed",
            f"Version {center.policy.version} is in force; publish under a newer number.",
            version=center.policy.version,
        )
    _check_affinity(center, rules, command.by)
    ruleset.check(center, rules)
    found: list[e.Event] = []
    if center.trial is not None:
        found.append(e.TrialEnded(at=now, trial=center.trial.id, cause="published"))
    if center.failed_at is not None:
        found.append(e.MatcherRestored(at=now))
    found.append(e.PolicyPublished(at=now, ruleset=rules))
    return found


def _check_affinity(center: Center, rules: Ruleset, by: Actor) -> None:
    if ruleset.switches_affinity_on(rules, center.policy) and not has(by, Right.CONFIGURE):
        raise Rejected(
            "forbidden", "Only an administrator switches on that groups of people count."
        )


def decide_start_trial(center: Center, command: c.StartTrial, now: Instant) -> list[e.Event]:
    """Let a second version decide for a share of the customers; one at a time."""
    trial = command.trial
    if center.trial is not None:
        raise Rejected("trial_runs", f"Trial {center.trial.id} runs already.")
    if trial.ruleset.policy.version == center.policy.version:
        raise Malformed("ruleset.policy.version", "must differ from the version in force")
    _check_affinity(center, trial.ruleset, command.by)
    ruleset.check_trial(center, trial)
    return [e.TrialStarted(at=now, trial=trial)]


def decide_end_trial(center: Center, command: c.EndTrial, now: Instant) -> list[e.Event]:
    """The policy in force decides for everybody again."""
    if center.trial is None or center.trial.id != command.trial:
        raise Rejected("unknown_trial", f"Trial {command.trial} does not run.")
    return [e.TrialEnded(at=now, trial=command.trial, cause="ended")]


def evolve_published(center: Center, event: e.PolicyPublished) -> None:
    """The version is in force; what it does not name stays, and keys given before stay."""
    rules = event.ruleset
    center.policy = rules.policy
    center.segments.update({segment.id: segment for segment in rules.segments})
    center.queues.update({queue.id: queue for queue in rules.queues})
    center.calendars.update({hours.id: hours for hours in rules.calendars})
    in_force(center)


def evolve_trial_started(center: Center, event: e.TrialStarted) -> None:
    """The second version decides for its share of those who come from now on."""
    center.trial = event.trial
    center.trial_at = event.at
    center.waiting.tried = Tried.of(event.trial)
    _watch_trial(center)


def evolve_trial_ended(center: Center, _: e.TrialEnded) -> None:
    """What waits follows the policy in force."""
    center.trial = None
    center.waiting.tried = None
    deadlines.watch_all(center)
    watch(center)
    routing.look_again(center)


def in_force(center: Center) -> None:
    """The rules are others: deadlines and decisions follow them from now on."""
    guard.hold_to_policy(center)
    if not center.policy.prices:
        center.prices.clear()
    deadlines.watch_all(center)
    watch(center)
    routing.look_again(center)


# What time brings to the rules


def watch(center: Center) -> None:
    """Ask for the ticks at which the trial, the mode and the guard want to be looked at."""
    _watch_trial(center)
    _want(center, MODE, modes.next_look(center, center.now))
    _want(center, GUARD, guard.next_step(center, center.now))


def _watch_trial(center: Center) -> None:
    trial = center.trial
    if trial is not None and trial.ends_after_ms:
        center.want_tick(center.trial_at + trial.ends_after_ms, TRIAL, trial.id)


def _want(center: Center, kind: str, at: Instant | None) -> None:
    if at is not None:
        center.want_tick(at, kind, "")


def due(center: Center, kind: str, item: str, now: Instant) -> list[e.Event]:
    """What is due of the rules themselves; asks for the next tick of its kind."""
    if kind == TRIAL:
        trial = center.trial
        over = trial is not None and trial.id == item
        if over and trial is not None and center.trial_at + trial.ends_after_ms <= now:
            return [e.TrialEnded(at=now, trial=trial.id, cause="over")]
        return []
    if kind == MODE:
        _want(center, MODE, modes.next_look(center, now))
        return modes.due(center, now)
    _want(center, GUARD, guard.next_step(center, now))
    return guard.due(center, now)


def evolve_mode_entered(center: Center, event: e.ModeEntered) -> None:
    """The mode's rules hold; keys given before stay."""
    center.mode = event.mode
    center.waiting.calm_since = None
    _decide_anew(center)


def evolve_mode_left(center: Center, _: e.ModeLeft) -> None:
    """The usual rules hold again."""
    center.mode = None
    center.waiting.calm_since = None
    _decide_anew(center)


def evolve_scaled(center: Center, event: e.HeadStartScaled) -> None:
    """The segment's head start is another for those who come from now on."""
    center.waiting.offsets.clear()
    if event.pct == modes.OWN_PCT:
        center.head_start_pct.pop(event.segment, None)
    else:
        center.head_start_pct[event.segment] = event.pct


def _decide_anew(center: Center) -> None:
    """Places in line stay, but what a match or an agent's time is worth is another."""
    center.waiting.offsets.clear()
    if center.waiting.matcher is not None:
        routing.made_anew(center, center.now)


# Prices


def decide_prices(center: Center, command: c.SetPrices, now: Instant) -> list[e.Event]:
    """Take over what each agent's time is worth elsewhere; the same prices again are no event."""
    if command.cause not in _CAUSES:
        raise Malformed("cause", f"must be one of {', '.join(sorted(_CAUSES))}")
    with within("prices"):
        check_known("agent", "agent", command.prices, center.agents)
    if command.prices and command.cause != "forecast":
        raise Malformed("prices", "are there with a forecast only")
    for agent, price in command.prices.items():
        if not -LARGEST_PRICE <= price <= LARGEST_PRICE:
            raise Malformed(f"prices.{agent}", f"must be {-LARGEST_PRICE} to {LARGEST_PRICE}")
    if not center.policy.prices and command.prices:
        raise Rejected("prices_off", "The policy in force does without prices.")
    if dict(command.prices) == center.prices and command.cause == "off":
        return []
    return [e.Priced(at=now, prices=command.prices, cause=command.cause)]


def evolve_priced(center: Center, event: e.Priced) -> None:
    """Decisions reckon with the prices from now on."""
    center.prices = dict(event.prices)
    _decide_anew(center)


# The matcher


def decide_restore(center: Center, _: c.RestoreMatcher, now: Instant) -> list[e.Event]:
    """Let the matcher decide again; twice is once."""
    return [] if center.failed_at is None else [e.MatcherRestored(at=now)]


def evolve_failed(center: Center, event: e.MatcherFailed) -> None:
    """First come, first served from now on; what the matcher derived is dropped."""
    center.failed_at = event.at
    center.waiting.matcher = None


def evolve_restored(center: Center, _: e.MatcherRestored) -> None:
    """The matcher decides again, from a fresh start at the next step."""
    center.failed_at = None
