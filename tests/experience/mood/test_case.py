"""A fallen mood, or a topic that the rules name, opens one case for its conversation."""

from sqlalchemy import select

from tests.experience.cases.office import office_in
from tests.experience.mood.conftest import Room
from tests.experience.mood.test_room import DELIVERY, RETURNS
from warmline.core.words import HOUR
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.tables import case
from warmline.experience.cases.watch import Watch
from warmline.wiring.cases import Cases
from warmline.wiring.fallen import FallenMood, HeardTopic


async def test_a_fallen_mood_opens_one_case(room: Room):
    office = office_in(room.house)
    opening = Opening(office.room)
    fallen = FallenMood(Cases(room=office.room, opening=opening, watch=Watch(office.room, opening)))
    talk = await room.house.arrive(text="Hello")
    await fallen(talk)
    await fallen(talk)
    async with room.house.database.read() as connection:
        found = (await connection.execute(select(case.c.source, case.c.interaction))).all()
    assert [tuple(one) for one in found] == [("mood", talk)]


async def test_a_topic_opens_a_case_by_its_own_rule(room: Room):
    office = office_in(room.house)
    opening = Opening(office.room)
    cases = Cases(room=office.room, opening=opening, watch=Watch(office.room, opening))
    room.moods.when_heard(HeardTopic(cases))
    async with room.browser("ada") as browser:
        for id_, body in (("delivery", DELIVERY), ("returns", RETURNS)):
            assert (await browser.put(f"/topics/{id_}", json=body)).status_code == 200
    rules = await office.get("ada", "/case-rules")
    rules.pop("currency")
    await office.send("ada", "PUT", "/case-rules", {**rules, "topics": {"returns": 2.0}})
    await room.house.arrive(text="Where is my parcel?")
    talk = await room.house.arrive(text="Chcę zwrócić zakup")
    await room.heard()
    await room.house.says(talk, "I want to return it")
    await room.heard()
    async with room.house.database.read() as connection:
        found = (await connection.execute(select(case))).mappings().all()
    assert [(one["source"], one["interaction"]) for one in found] == [("topic", talk)]
    assert found[0]["due_at"] == found[0]["opened_at"] + 2 * HOUR
