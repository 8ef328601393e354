"""Whole policies as hypothesis draws them, within what a center may hold."""

from hypothesis import strategies as st

from warmline.core.policy import Ruleset
from warmline.core.settings import (
    Affinity,
    Calendar,
    Capacity,
    Guard,
    Interval,
    Measure,
    Mode,
    Need,
    Policy,
    Queue,
    Ring,
    Rule,
    Segment,
    Situation,
    Target,
    Trait,
    Trigger,
    Weekday,
    WhenClosed,
    WhenUnstaffed,
    WrapUpMode,
    WrapUpRule,
)
from warmline.core.words import DAY, Medium

ids = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,12}", fullmatch=True) | st.sampled_from(
    ["off", "always", "never", "all", "any", "no", "nothing"]
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
lengths = st.integers(0, DAY) | st.integers(0, 1440).map(lambda minutes: minutes * 60_000)
media = st.sampled_from(Medium)
by_medium = st.dictionaries(media, lengths, max_size=5)
maybe = st.one_of


def drawn(kind, **fields):
    return st.builds(kind, **fields)


needs = st.lists(drawn(Need, skill=ids, level=st.integers(1, 5)), max_size=3).map(tuple)
targets = drawn(
    Target,
    within_ms=st.integers(1000, DAY),
    share_pct=st.integers(0, 100),
    in_business_hours=st.booleans(),
)
rings = drawn(
    Ring,
    needs=needs,
    any_of=needs,
    agents=st.lists(ids, max_size=2).map(tuple),
    language_level=st.integers(0, 5),
    after_ms=lengths,
)
queues = drawn(
    Queue,
    id=ids,
    name=names,
    rings=st.lists(rings, min_size=1, max_size=3).map(tuple),
    target=targets,
    calendar=st.none() | ids,
    wrap_up=drawn(
        WrapUpRule, mode=st.sampled_from(WrapUpMode), limit_ms=lengths, automatic=st.none() | ids
    ),
    when_closed=st.sampled_from(WhenClosed),
    when_unstaffed=st.sampled_from(WhenUnstaffed),
    overflow_to=st.none() | ids,
    overflow_after_ms=lengths,
    overflow_waiting=st.integers(0, 999),
    words=st.dictionaries(
        st.sampled_from(Situation), st.dictionaries(st.sampled_from(["en", "ru", "no"]), texts)
    ),
    preferred_ms=lengths,
)
days = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(
    lambda cuts: tuple(
        Interval(opens=opens, closes=closes)
        for opens, closes in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    )
)
calendars = drawn(
    Calendar,
    id=ids,
    name=names,
    zone=st.sampled_from(["UTC", "Europe/Warsaw", "Asia/Yekaterinburg"]),
    week=st.dictionaries(st.sampled_from(Weekday), days),
    exceptions=st.dictionaries(
        st.dates().map(lambda day: f"{day:%Y-%m-%d}".zfill(10)), days, max_size=3
    ),
)
segments = drawn(
    Segment,
    id=ids,
    name=names,
    head_start_ms=lengths,
    value=st.integers(1, 10),
    target=st.none() | targets,
)
capacities = drawn(
    Capacity,
    slots=st.dictionaries(media, st.integers(0, 50)),
    total=st.integers(0, 50),
    weights=st.dictionaries(media, st.integers(1, 50)),
)
triggers = drawn(
    Trigger,
    measure=st.sampled_from(Measure),
    on_at=st.integers(1, 100),
    off_at=st.integers(0, 100),
    queue=st.none() | ids,
    calm_ms=lengths,
)
shared_mode = {
    "id": ids,
    "name": names,
    "worth_ms": st.none() | lengths,
    "head_starts": st.dictionaries(ids, lengths, max_size=3),
    "medium_offset_ms": by_medium,
}
modes = drawn(Mode, **shared_mode, calendar=ids) | drawn(
    Mode, **shared_mode, calendar=st.none() | ids, trigger=triggers
)
guards = drawn(
    Guard,
    every_ms=st.integers(10_000, 3_600_000),
    window_ms=st.integers(60_000, DAY),
    step_pct=st.integers(1, 100),
    most_pct=st.integers(100, 200),
    least=st.integers(1, 10_000),
)


def unique(items):
    return st.lists(items, max_size=3, unique_by=lambda one: one.id).map(tuple)


policies = drawn(
    Policy,
    rule=st.sampled_from(Rule),
    seed=st.integers(0, 2**29),
    worth_ms=lengths,
    traits=st.dictionaries(st.sampled_from(Trait), st.integers(0, 100)),
    prices=st.booleans(),
    guard=st.none() | guards,
    modes=unique(modes),
    affinities=st.lists(
        drawn(Affinity, trait=ids, bonus_ms=st.integers(1, 30_000), reason=texts), max_size=2
    ).map(tuple),
    dedicated=st.dictionaries(ids, ids, max_size=3),
    capacities=st.dictionaries(ids, capacities, max_size=2),
    trainee=st.none() | capacities,
    interrupts=st.dictionaries(media, st.lists(media, max_size=3).map(tuple)),
    load_handicap_ms=lengths,
    offer_ms=by_medium,
    medium_offset_ms=by_medium,
    declined_ms=lengths,
    chat_idle_ms=lengths,
)
rulesets = drawn(
    Ruleset,
    policy=policies,
    segments=unique(segments),
    queues=unique(queues),
    calendars=unique(calendars),
)
