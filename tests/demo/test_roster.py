"""Who works when: every hour of every day somebody is there for every language."""

import random
from itertools import pairwise

from warmline.core.words import DAY, HOUR
from warmline.demo import behaviour, roster, shop

START = 1_795_345_200_000
FLUENT = 4


def hours():
    return range(START, START + 14 * DAY, HOUR)


def test_every_agent_belongs_to_one_crew():
    placed = [agent for crew in roster.CREWS for agent in crew]
    assert sorted(placed) == sorted(person.id for person in shop.AGENTS)


def test_at_every_hour_every_language_is_spoken_by_somebody_on_duty():
    simulated = [person for person in shop.AGENTS if not person.chair]
    for at in hours():
        spoken = {
            language
            for person in simulated
            if roster.on_duty(person.id, at)
            for language in shop.LANGUAGES
            if (person.skills or {}).get(language, 0) >= FLUENT
        }
        assert spoken == set(shop.LANGUAGES), at


def test_nobody_works_more_than_five_days_a_week_or_without_rest():
    for person in shop.AGENTS:
        found = list(roster.shifts(person.id, START, START + 14 * DAY))
        assert len(found) <= 11
        assert all(later[0] - earlier[1] >= 10 * HOUR for earlier, later in pairwise(found))


def test_the_roster_of_the_past_and_the_one_of_today_are_the_same():
    for person in shop.AGENTS:
        planned = list(roster.shifts(person.id, START - 2 * DAY, START + 14 * DAY))
        for at in hours():
            inside = any(opens <= at < closes for opens, closes in planned)
            assert roster.on_duty(person.id, at) == inside


def test_as_many_come_as_the_hour_says():
    chance = random.Random(5)
    rate = behaviour.rate_per_ms(10, 2)
    pauses = [behaviour.until_next(chance, rate) for _ in range(4_000)]
    per_hour = HOUR / (sum(pauses) / len(pauses))
    assert abs(per_hour - behaviour.PEAK_PER_HOUR) < 0.05 * behaviour.PEAK_PER_HOUR
