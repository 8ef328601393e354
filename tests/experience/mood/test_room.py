"""From a customer's message to the estimate on a screen: chat and mail, corrected, learnt, erased."""

from sqlalchemy import func, select

from tests.conversations.house import SITE
from tests.experience.mood.conftest import Room
from warmline.core.words import CustomerId, InteractionId
from warmline.experience.mood.tables import mood_model, turn_mood
from warmline.ports import Person

DELIVERY = {
    "names": {"en": "Delivery", "ru": "Доставка", "pl": "Dostawa"},
    "examples": [
        "Where is my parcel?",
        "When will my order be delivered?",
        "Когда привезут заказ?",
        "Gdzie jest moja przesyłka?",
    ],
}
RETURNS = {
    "names": {"en": "Returns"},
    "examples": ["I want to return it", "Хочу вернуть товар", "Chcę zwrócić zakup"],
}


async def mood_of(room: Room, interaction: InteractionId, who: str = "sue") -> dict:
    async with room.browser(who) as browser:
        answer = await browser.get(f"/interactions/{interaction}/mood")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def teach(room: Room) -> None:
    async with room.browser("ada") as browser:
        for id_, body in (("delivery", DELIVERY), ("returns", RETURNS)):
            answer = await browser.put(f"/topics/{id_}", json=body)
            assert answer.status_code == 200, answer.text


async def test_customers_turns_are_heard_in_three_languages_and_a_fallen_mood_is_told(room: Room):
    await teach(room)
    talk = await room.house.arrive(text="Where is my parcel?")
    glad = await room.house.arrive(text="Спасибо огромное, вы мне очень помогли!")
    await room.heard()

    calm = await mood_of(room, talk)
    assert calm["estimate"] is True
    assert calm["feeling"] == "neutral"
    assert calm["topic"]["id"] == "delivery"
    assert (await mood_of(room, glad))["feeling"] == "glad"
    assert room.fallen == []

    for text in (
        "Nikt mi nie odpowiada od tygodnia, to skandal!",
        "Вы меня обманули, это ужасный сервис",
        "I am furious, this is outrageous",
    ):
        await room.house.says(talk, text)
    await room.heard()
    await room.heard()  # the same events again: nothing is told twice

    low = await mood_of(room, talk)
    assert low["low"] is True
    assert low["mood"] < -0.4
    assert low["feeling"] == "unhappy"
    assert room.fallen == [talk]
    assert {one.interaction for one in room.signals} == {talk, glad}


async def test_words_that_say_it_themselves_overrule_the_model(room: Room):
    talk = await room.house.arrive(text="My lawyer will write to you about the sofa.")
    await room.heard()
    turn = (await mood_of(room, talk))["turns"][0]
    assert turn["by"] == "lexicon"
    assert turn["feeling"] == "unhappy"


async def test_what_a_supervisor_puts_right_stays_and_is_learnt_from(room: Room):
    await teach(room)
    text = "The tracking says customs since Monday"
    talk = await room.house.arrive(text=text)
    await room.heard()
    message = (await mood_of(room, talk))["turns"][0]["message"]
    async with room.browser("sue") as browser:
        for body in (
            {"interaction": talk, "message": message, "mood": -1},
            {"interaction": talk, "topic": "returns"},
        ):
            answer = await browser.post("/mood/corrections", json=body)
            assert answer.status_code == 201, answer.text
    await room.heard()
    await room.moods.train()
    await room.moods.sort_again()

    found = await mood_of(room, talk)
    assert found["turns"][0] == {**found["turns"][0], "mood": -1, "by": "hand"}
    assert found["topic"] == {
        "id": "returns", "names": {"en": "Returns"}, "share": 1.0, "by": "hand",
    }  # fmt: skip
    async with room.house.database.read() as connection:
        newest = await connection.scalar(
            select(mood_model.c.facts).order_by(mood_model.c.version.desc()).limit(1)
        )
    assert newest is not None
    assert newest["corrections"] == 1
    again = await room.house.arrive(text=text + ".")
    await room.heard()
    assert (await mood_of(room, again))["topic"]["id"] == "returns"
    assert (await mood_of(room, again))["mood"] < 0


async def test_only_supervisors_correct_and_agents_see_what_is_theirs(room: Room):
    talk = await room.house.arrive(text="Hello, where is my order?")
    await room.heard()
    body = {"interaction": talk, "topic": "other"}
    async with room.browser("ann") as browser:
        assert (await browser.post("/mood/corrections", json=body)).status_code == 403
        assert (await browser.get(f"/interactions/{talk}/mood")).status_code == 404
    await room.house.available("ann")
    await room.house.accept(talk)
    found = await mood_of(room, talk, "ann")
    assert found["turns"]
    assert found["topics"] == []


async def test_a_correction_of_nothing_known_is_refused(room: Room):
    talk = await room.house.arrive(text="Hello, where is my order?")
    await room.heard()
    async with room.browser("sue") as browser:
        for body, status in (
            ({"interaction": talk}, 400),
            ({"interaction": talk, "mood": 0.5}, 400),
            ({"interaction": talk, "mood": 2, "message": "m"}, 400),
            ({"interaction": talk, "mood": 0.5, "message": "nobody"}, 404),
            ({"interaction": talk, "topic": "nothing"}, 400),
            ({"interaction": "i-none", "topic": "other"}, 404),
        ):
            answer = await browser.post("/mood/corrections", json=body)
            assert answer.status_code == status, (body, answer.text)


async def test_the_taxonomy_counts_what_it_shows_and_names_nobody(room: Room):
    await teach(room)
    for text in ("Where is my parcel?", "Gdzie jest przesyłka?", "Chcę zwrócić buty"):
        await room.house.arrive(text=text)
    await room.house.arrive(text="Do you know who won the football match?")
    await room.heard()
    async with room.browser("sue") as browser:
        found = (await browser.get("/topics")).json()
        counts = {one["id"]: one["count"] for one in found["topics"]}
        assert counts == {"delivery": 2, "returns": 1}
        assert found["other"] == 1
        behind = (await browser.get("/topics/delivery/conversations")).json()["conversations"]
        assert {one["words"] for one in behind} == {"Where is my parcel?", "Gdzie jest przesyłka?"}

        gone = await browser.delete("/topics/delivery")
        assert gone.json() == {"conversations": 2}
        await room.moods.sort_again()
        assert (await browser.get("/topics")).json()["other"] >= 2


async def test_topics_that_make_no_sense_are_refused(room: Room):
    async with room.browser("ada") as browser:
        for id_, body in (
            ("other", DELIVERY),
            ("delivery", {**DELIVERY, "examples": []}),
            ("delivery", {**DELIVERY, "examples": ["a" * 301]}),
            ("delivery", {**DELIVERY, "examples": ["???"]}),
            ("delivery", {**DELIVERY, "examples": [f"sentence {n}" for n in range(11)]}),
            ("delivery", {**DELIVERY, "names": {"en": " "}}),
        ):
            answer = await browser.put(f"/topics/{id_}", json=body)
            assert answer.status_code == 400, (body, answer.text)


async def test_new_topics_are_suggested_from_what_is_alike_and_about_nothing_known(room: Room):
    await teach(room)
    for text in (
        "I forgot my password",
        "How do I reset my password?",
        "My password does not work",
        "Please reset the password of my account",
    ):
        await room.house.arrive(text=text)
    await room.house.arrive(text="Who won the football match?")
    await room.heard()
    async with room.browser("sue") as browser:
        groups = (await browser.get("/topic-suggestions")).json()["groups"]
    assert [one["count"] for one in groups] == [4]
    assert "assword" in groups[0]["conversations"][0]["words"]


async def test_erasing_a_person_takes_estimates_and_corrections_along(room: Room):
    who = CustomerId("c-nina")
    talk = await room.house.arrive(text="Terrible, never again", customer=who)
    other = await room.house.arrive(text="Thanks, wonderful", customer=CustomerId("c-otto"))
    await room.heard()
    message = (await mood_of(room, talk))["turns"][0]["message"]
    async with room.browser("sue") as browser:
        body = {"interaction": talk, "message": message, "mood": -0.5}
        assert (await browser.post("/mood/corrections", json=body)).status_code == 201
    person = Person(ids=[who])
    async with room.house.database.write() as connection:
        assert await room.traces.count(connection, person) == {
            "moods": 1, "topics": 1, "mood_corrections": 1,
        }  # fmt: skip
        told = await room.traces.tell(connection, person)
        assert told["moods"][0]["message"] == message
        await room.traces.erase(connection, person, room.house.clock.now())
        assert set((await room.traces.count(connection, person)).values()) == {0}
    async with room.house.database.read() as connection:
        query = select(func.count()).select_from(turn_mood).where(turn_mood.c.site == SITE)
        assert await connection.scalar(query) == 1
    assert (await mood_of(room, other))["turns"]


async def test_the_process_for_estimates_starts_again_when_it_was_killed(room: Room):
    talk = await room.house.arrive(text="Hello")
    await room.heard()
    room.moods._worker._process.kill()
    await room.house.says(talk, "This is terrible")
    await room.heard()
    assert len((await mood_of(room, talk))["turns"]) == 2
