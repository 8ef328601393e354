"""A fallen mood opens one case for its conversation, however often it is told."""

from sqlalchemy import select

from tests.experience.cases.office import office_in
from tests.experience.mood.conftest import Room
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.tables import case
from warmline.experience.cases.watch import Watch
from warmline.wiring.cases import Cases
from warmline.wiring.fallen import FallenMood


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
