"""Small centers to simulate in the tests."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from warmline.core.policy import Ruleset
from warmline.core.settings import Policy, Rule
from warmline.core.words import Medium
from warmline.sim import model as m
from warmline.sim.reading import model_of, parse

Part = TypeVar("Part", bound=m.Part)
ONE_CALL = m.Capacity(slots={Medium.VOICE: 1}, total=1)

SHOP = """
name: a shop
days: 2
skills: [billing, sales]
languages: [en, ru]
segments:
  platinum: {value: 10, head_start_s: 300}
  gold: {value: 4, head_start_s: 60}
  basic: {}
queues:
  billing:
    rings: [{skills: {billing: 2}}, {skills: {billing: 1}, after_s: 20}]
    target: {within_s: 20, share_pct: 80}
  sales:
    rings: [{skills: {sales: 1}}]
    hours: [{opens: 09:00, closes: 19:00}]
    overflow_to: billing
    overflow_after_s: 15
  mail:
    target: {within_s: 14400}
agents:
  billers:
    count: 6
    skills: {billing: 3, en: 4, ru: 2}
    quality: {first: 0.3, last: 0.9}
    handle_factor: {first: 1.1, last: 0.9}
    shifts:
      - {start: 08:00, end: 16:00, breaks: [{at: 11:30, minutes: 30, presence: meal, spread_minutes: 60}]}
  all-round:
    count: 5
    skills: {billing: 1, sales: 3, en: 5, ru: 5}
    quality: 0.6
    shifts: [{start: 09:00, end: 20:00, breaks: [{at: 13:00, minutes: 30, spread_minutes: 90}]}]
streams:
  bills:
    queue: billing
    arrivals:
      rates: [{start: 08:00, end: 12:00, per_hour: 60}, {start: 12:00, end: 19:00, per_hour: 35}]
      day_cv: 0.1
      bursts: [{at: 10:00, minutes: 15, factor: 2}]
    talk: {law: lognormal, mean_s: 240, sd_s: 240}
    wrap_up: {law: exponential, mean_s: 30}
    patience: {law: exponential, mean_s: 180}
    answer: {law: constant, value_s: 3}
    redial: {probability: 0.5}
    segments: {platinum: 1, gold: 3, basic: 6}
    languages: {en: 7, ru: 3}
  orders:
    queue: sales
    medium: chat
    arrivals: {per_hour: 12}
    talk: {law: hyperexponential, weights: [2, 1], means_s: [120, 600]}
    patience: {law: survival, times_s: [10, 60, 300], survive: [0.95, 0.7, 0.3], tail_mean_s: 600}
    segments: {gold: 1, basic: 2}
  letters:
    queue: mail
    medium: email
    arrivals: {counts: [0, 5, 20, 20, 10, 5]}
    talk: {law: lognormal, mean_s: 300, sd_s: 200}
slowdown: {chat: 0.3}
"""


def shop() -> m.Model:
    """All that a model can say: three media, rings, overflow, hours, shifts, breaks, redial."""
    return model_of(parse(SHOP))


def changed(model: Part, **values: object) -> Part:
    """The same model, or part of one, with other values."""
    return msgspec.structs.replace(model, **values)


def rules(rule: Rule = Rule.WARMLINE) -> Ruleset:
    """The usual policy, by another rule."""
    return Ruleset(policy=Policy(rule=rule))


def one_line(
    *,
    agents: int,
    per_hour: float,
    mean_s: float,
    patience_s: float | None = None,
    within_s: float = 20.0,
    until: str = "24:00",
) -> m.Model:
    """One queue of calls as in the textbooks: Poisson, exponential, first come first served."""
    return m.Model(
        queues={"line": m.Queue(target=m.Target(within_s=within_s))},
        streams={
            "calls": m.Stream(
                queue="line",
                arrivals=m.Arrivals(rates=(m.Rate(start="00:00", end=until, per_hour=per_hour),)),
                talk=m.Exponential(mean_s=mean_s),
                patience=m.Exponential(mean_s=patience_s) if patience_s else None,
            )
        },
        agents={"agent": m.Group(count=agents, capacity=ONE_CALL)},
    )


def skilled(*, groups: int, each: int, skills: int, load: float, mean_s: float) -> m.Model:
    """As many kinds of calls as groups of agents, who can do `skills` of them."""
    names = [f"kind-{number}" for number in range(groups)]
    return m.Model(
        skills=tuple(names),
        queues={name: m.Queue(rings=(m.Ring(skills={name: 1}),)) for name in names},
        streams={
            name: m.Stream(
                queue=name,
                arrivals=m.Arrivals(per_hour=load / groups * 3600 / mean_s),
                talk=m.Exponential(mean_s=mean_s),
            )
            for name in names
        },
        agents={
            f"group-{number}": m.Group(
                count=each,
                skills={names[(number + more) % groups]: 1 for more in range(skills)},
                capacity=ONE_CALL,
            )
            for number in range(groups)
        },
    )
