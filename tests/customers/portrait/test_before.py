"""What the desk is told before the answer, and what stays behind a mask until then."""

from sqlalchemy import insert

from tests.conversations.house import PEOPLE, SITE, House
from tests.customers.test_routes import known
from warmline.core import commands as c
from warmline.core.settings import Disposition
from warmline.core.words import DAY, HOUR, CustomerId, DispositionId, InteractionId
from warmline.customers.orders.tables import order, order_event


async def ordered(house: House, who: CustomerId, id_: str, *, late_days: int = 0) -> None:
    now = house.clock.now()
    row = {
        "site": SITE, "id": id_, "customer": who, "at": now - 9 * DAY, "total_minor": 12_900,
        "currency": "EUR", "units": 1, "status": "shipped", "status_at": now - 8 * DAY,
        "promised_at": now - late_days * DAY - 1 if late_days else None, "text": "A lamp",
        "source": "test",
    }  # fmt: skip
    async with house.database.write() as connection:
        await connection.execute(insert(order).values(**row))


async def served(house: House, who: CustomerId, *, rating: int | None = None) -> InteractionId:
    """Ann has talked with somebody, and the talk is over."""
    talk = await house.arrive(customer=who, text="Where is it?")
    await house.accept(talk)
    await house.finish(talk)
    if rating is not None:
        await house.do(c.Rate, interaction=talk, score=rating)
    await house.settled()
    return talk


async def test_an_offer_says_who_the_last_talk_the_promise_and_the_likely_reason(house: House):
    jan = await known(house, "Jan Żółw", "jan@mail.example")
    await house.available("ann")
    before = await served(house, jan, rating=4)
    await ordered(house, jan, "48213", late_days=2)
    due = house.clock.now() + HOUR
    async with house.browser("ann") as ann:
        made = await ann.post(
            f"/customers/{jan}/promises",
            json={"text": "A call by noon", "due_at": due, "interaction": before},
        )
        assert made.status_code == 201
    house.clock.on(2 * HOUR)
    talk = await house.arrive(customer=jan)
    offer = house.engine.center().interactions[talk].offer
    assert offer is not None
    assert offer.agent == "ann", "nobody has accepted yet"
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        told = (await ann.get(f"/interactions/{talk}/before")).json()
        assert (await bob.get(f"/interactions/{talk}/before")).status_code == 404
    assert told["customer"]["name"] == "Jan Żółw"
    assert told["masked"] is False
    last = told["last"]
    assert (last["interaction"], last["disposition"], last["rating"], last["agent_name"]) == (
        before, "solved", 4, "Ann",
    )  # fmt: skip
    assert told["promise"]["text"] == "A call by noon"
    assert told["promise"]["overdue"] is True
    # Nothing was learnt yet; what is plain is said, with no share.
    assert told["likely"] == {
        "disposition": None,
        "share": None,
        "clues": [{"clue": "late", "value": None, "order": "48213", "days": 2}],
        "measured": None,
    }


async def test_a_supervisor_who_only_looks_sees_it_masked(house: House):
    jan = await known(house, "Jan Żółw", "jan@mail.example")
    talk = await house.arrive(customer=jan)
    async with house.browser("sue") as sue:
        made = await sue.post(
            f"/customers/{jan}/promises",
            json={"text": "Secretly", "due_at": house.clock.now() + HOUR},
        )
        assert made.status_code == 201
        told = (await sue.get(f"/interactions/{talk}/before")).json()
        portrait = (await sue.get(f"/customers/{jan}/portrait")).json()
        story = (await sue.get(f"/customers/{jan}/timeline")).json()
    assert told["masked"] is portrait["masked"] is story["masked"] is True
    assert told["customer"]["name"] == "J··· Ż···"
    for answer in (told, portrait, story):
        assert "Secretly" not in str(answer)


async def test_the_likely_reason_is_learnt_from_the_own_past_and_measured(house: House):
    late = Disposition(id=DispositionId("late"), name="Told when it comes")
    await house.do(c.DefineDisposition, disposition=late)
    await house.available("ann")
    for number in range(80):
        who = await known(house, f"N{number}", f"n{number}@mail.example")
        house.clock.on(HOUR)
        if number % 2:
            await ordered(house, who, f"o{number}", late_days=3)
        talk = await house.arrive(customer=who)
        await house.accept(talk)
        by = PEOPLE["ann"]
        await house.do(c.End, by=by, interaction=talk)
        code = "late" if number % 2 else "solved"
        await house.do(c.WrapUp, by=by, interaction=talk, disposition=DispositionId(code))
    await house.settled()
    jan = await known(house, "Jan", "jan@mail.example")
    await ordered(house, jan, "48213", late_days=3)
    talk = await house.arrive(customer=jan)
    async with house.browser("sue") as sue, house.browser("ann") as ann:
        assert (await sue.get("/likely-reason")).json()["at"] is None
        learnt = (await sue.post("/likely-reason/learn")).json()
        assert (await ann.post("/likely-reason/learn")).status_code == 403
        likely = (await ann.get(f"/interactions/{talk}/before")).json()["likely"]
    assert learnt["contacts"] == 80
    assert learnt["measured"] == {"contacts": 20, "right": 20, "commonest": 10}
    assert likely["disposition"] == "late"
    assert likely["share"] > 0.9
    assert likely["clues"][0] == {"clue": "late", "value": None, "order": "48213", "days": 3}


async def test_the_story_tells_talks_orders_events_and_promises_in_pages(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    await house.available("ann")
    talk = await served(house, jan)
    await ordered(house, jan, "48213")
    now = house.clock.now()
    async with house.database.write() as connection:
        await connection.execute(
            insert(order_event).values(
                site=SITE, id="e1", order="48213", customer=jan, kind="late", at=now
            )
        )
    async with house.browser("ann") as ann:
        body = {"text": "A call", "due_at": now + HOUR}
        promised = (await ann.post(f"/customers/{jan}/promises", json=body)).json()["id"]
        pages: list[dict] = []
        before = None
        for _ in range(5):
            query = {"limit": 1, **({} if before is None else {"before": before})}
            page = (await ann.get(f"/customers/{jan}/timeline", params=query)).json()
            pages.extend(page["entries"])
            before = page["next"]
            if before is None:
                break
        orders = (await ann.get(f"/customers/{jan}/timeline?kind=order&kind=order_event")).json()
        talks = (await ann.get(f"/customers/{jan}/timeline?medium=chat&agent=ann")).json()
        none = (await ann.get(f"/customers/{jan}/timeline?from={now + 1}")).json()
        bad = await ann.get(f"/customers/{jan}/timeline?before=nonsense")
    # All but the order happened in the same moment: kind and id keep them in a steady order.
    assert [(one["kind"], one["id"]) for one in pages] == [
        ("promise", promised), ("order_event", "e1"), ("conversation", talk), ("order", "48213"),
    ]  # fmt: skip
    assert [one["kind"] for one in orders["entries"]] == ["order_event", "order"]
    assert [one["id"] for one in talks["entries"]] == [talk]
    assert none["entries"] == []
    assert bad.status_code == 400


async def test_a_promise_is_kept_late_or_withdrawn_and_taken_back(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    now = house.clock.now()
    async with house.browser("ann") as ann, house.browser("bob") as bob:
        url = f"/customers/{jan}/promises"

        async def make(text: str, due_at: int) -> str:
            return (await ann.post(url, json={"text": text, "due_at": due_at})).json()["id"]

        kept, late = await make("kept", now + DAY), await make("late", now + HOUR)
        house.clock.on(2 * HOUR)
        answers = [
            (await ann.patch(f"{url}/{id_}", json={"state": state})).json()["state"]
            for id_, state in ((kept, "kept"), (late, "kept"), (kept, "withdrawn"), (kept, "open"))
        ]
        listed = (await ann.get(url)).json()["promises"]
        past = await ann.post(url, json={"text": "x", "due_at": now})
        empty = await ann.post(url, json={"text": " ", "due_at": now + DAY})
        far = await ann.post(url, json={"text": "x", "due_at": now + 400 * DAY})
        elsewhere = await ann.post(
            url, json={"text": "x", "due_at": now + DAY, "interaction": "nothing"}
        )
        assert (await ann.patch(f"{url}/none", json={"state": "kept"})).status_code == 404
        assert (await bob.post(url, json={"text": "x", "due_at": now + DAY})).status_code == 404
    assert answers == ["kept", "late", "withdrawn", "open"]
    assert [(one["text"], one["state"]) for one in listed] == [("kept", "open"), ("late", "late")]
    assert [one.json()["code"] for one in (past, empty, far, elsewhere)] == [
        "malformed", "malformed", "malformed", "malformed",
    ]  # fmt: skip


async def test_own_fields_are_typed_required_and_masked_when_personal(house: House):
    jan = await known(house, "Jan", "jan@mail.example")
    await house.available("ann")
    await house.arrive(customer=jan)
    choices = [{"id": "s", "labels": {"en": "Small"}}, {"id": "l", "labels": {"en": "Large"}}]
    async with house.browser("ada") as ada:
        for place, (name, body) in enumerate(
            {
                "born": {"kind": "date", "labels": {"en": "Born", "pl": "Urodziny"}},
                "lamps": {"kind": "number", "labels": {"en": "Lamps"}, "personal": False},
                "vat": {"kind": "yes_no", "labels": {"en": "VAT"}, "required": True},
                "size": {"kind": "choice", "labels": {"en": "Size"}, "choices": choices},
            }.items()
        ):
            assert (await ada.put(f"/fields/{name}", json={**body, "place": place})).is_success
        wrong = await ada.put(
            "/fields/size", json={"kind": "text", "labels": {"en": "x"}, "choices": choices}
        )
        assert wrong.status_code == 400
    async with house.browser("ann") as ann, house.browser("sue") as sue:
        url = f"/customers/{jan}/fields"
        good = {"born": "1990-02-28", "lamps": "3,50", "vat": True, "size": "l"}
        filled = (await ann.put(url, json={"values": good})).json()["fields"]
        assert {one["id"]: one["value"] for one in filled} == {**good, "lamps": 3.5}
        for bad in (
            {"born": "1990-02-30"}, {"lamps": "many"}, {"vat": "perhaps"}, {"size": "m"},
            {"none": "x"}, {"vat": None}, {"born": 3},
        ):  # fmt: skip
            answer = await ann.put(url, json={"values": bad})
            assert answer.status_code == 400, bad
        seen = (await sue.get(f"/customers/{jan}/portrait")).json()["fields"]
        assert [(one["id"], one["masked"]) for one in seen] == [
            ("born", True), ("lamps", False), ("vat", True), ("size", True),
        ]  # fmt: skip
        assert "1990" not in str(seen)
        assert (await sue.put("/fields/new", json={})).status_code == 403
    async with house.browser("ada") as ada:
        changed = await ada.put("/fields/born", json={"kind": "text", "labels": {"en": "Born"}})
        assert changed.json()["code"] == "field_in_use"
        assert (await ada.delete("/fields/born")).json() == {"values": 1}
        assert (await ada.delete("/fields/born")).status_code == 404


async def test_two_exact_keys_find_one_person_by_name_and_one_key_stays_masked(house: House):
    jan = await known(house, "Jan Żółw", "jan@mail.example")
    await known(house, "Jan Kos", "kos@mail.example")
    await ordered(house, jan, "48213")
    async with house.browser("sue") as sue:

        async def found(q: str, also: str | None = None) -> list[tuple[str, bool]]:
            query = {"q": q, **({} if also is None else {"also": also})}
            answer = (await sue.get("/customers", params=query)).json()["customers"]
            return [(one["name"], one["masked"]) for one in answer]

        assert await found("jan") == [("J··· K···", True), ("J··· Ż···", True)]
        for first, second in (
            ("JAN@mail.example", "zolw"),
            ("48213", "jan@mail.example"),
            ("żółw", "48213"),
        ):
            assert await found(first, second) == [("Jan Żółw", False)], (first, second)
        for first, second in (
            ("jan@mail", "zolw"),
            ("jan", "zolw"),
            ("48213", "kos"),
            ("48213", "zol"),
        ):
            assert await found(first, second) == [], (first, second)
