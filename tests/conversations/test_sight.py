from dataclasses import replace

from tests.conversations.house import PEOPLE, House
from warmline.core import commands as c
from warmline.core.words import (
    AgentId,
    ConsultId,
    CustomerId,
    Presence,
    TeamId,
    Verification,
)
from warmline.customers.model import Claim, IdentifierKind

CLAIM = Claim(
    kind=IdentifierKind.EMAIL, value="jan@mail.example", verification=Verification.MATCHED
)


async def test_an_agent_sees_what_was_theirs_and_its_customers_history(house: House):
    jan = (await house.directory.resolve([CLAIM], source="test")).customer
    eva = (await house.directory.resolve([], source="test")).someone
    await house.available("bob")
    earlier = await house.arrive(customer=jan)
    strange = await house.arrive(customer=eva)
    await house.accept(earlier, "bob")
    await house.finish(earlier, "bob")
    await house.accept(strange, "bob")
    await house.finish(strange, "bob")
    await house.available("ann")
    await house.do(c.SetPresence, by=PEOPLE["bob"], agent=AgentId("bob"), presence="offline")
    now = await house.arrive(customer=jan)
    async with house.browser("ann") as ann, house.browser("sue") as sue:
        # offered, before any row says so: Jan's history may be read, Eva's may not
        assert (await ann.get(f"/conversations/{now}")).status_code == 200
        assert (await ann.get(f"/conversations/{earlier}/messages")).status_code == 200
        assert (await ann.get(f"/conversations/{strange}")).status_code == 404
        listed = (await ann.get("/interactions")).json()["interactions"]
        await house.settled()
        assert {one["interaction"] for one in listed} == {now, earlier}
        everything = (await sue.get("/interactions")).json()["interactions"]
        assert [one["interaction"] for one in everything] == [earlier, strange, now]
        await house.accept(now)
        await house.finish(now)
        await house.settled()
        assert (await ann.get(f"/conversations/{now}")).status_code == 200
        assert (await ann.get(f"/conversations/{earlier}")).status_code == 200


async def test_a_colleague_who_is_asked_in_sees_it_and_writes_notes(house: House):
    await house.available("ann")
    interaction = await house.arrive()
    await house.accept(interaction)
    await house.available("bob")
    async with house.browser("bob") as bob:
        assert (await bob.get(f"/conversations/{interaction}")).status_code == 404
        consult = ConsultId("consult-1")
        await house.do(
            c.Consult,
            by=PEOPLE["ann"],
            interaction=interaction,
            consult=consult,
            colleague=AgentId("bob"),
        )
        assert (await bob.get(f"/conversations/{interaction}")).status_code == 200
        await house.do(c.JoinConsult, by=PEOPLE["bob"], interaction=interaction, consult=consult)
        note = await bob.post(f"/conversations/{interaction}/notes", json={"text": "Ask twice"})
        assert note.status_code == 201, note.text


async def test_joining_two_records_widens_the_history(house: House):
    eva = (await house.directory.resolve([CLAIM], source="mail")).someone
    await house.available("bob")
    earlier = await house.arrive(customer=eva)
    await house.accept(earlier, "bob")
    login = Claim(kind=IdentifierKind.LOGIN, value="eva", verification=Verification.VERIFIED)
    verified = (await house.directory.resolve([login], source="chat")).customer
    await house.available("ann")
    await house.do(c.SetPresence, by=PEOPLE["bob"], agent=AgentId("bob"), presence="break")
    now = await house.arrive(customer=verified)
    await house.settled()
    async with house.browser("ann") as ann:
        assert (await ann.get(f"/conversations/{now}")).status_code == 200
        assert (await ann.get(f"/conversations/{earlier}")).status_code == 404
        sure = Claim(kind=CLAIM.kind, value=CLAIM.value, verification=Verification.VERIFIED)
        joined = await house.directory.resolve([login, sure], source="chat")
        assert joined.joined == (CustomerId(eva),)
        assert (await ann.get(f"/conversations/{earlier}")).status_code == 200


async def test_an_administrator_reads_no_conversation(house: House):
    interaction = await house.arrive()
    async with house.browser("ada") as ada:
        for url in (f"/conversations/{interaction}", "/interactions", f"/files/{interaction}"):
            assert (await ada.get(url)).status_code == 403


async def test_a_supervisor_of_a_team_reads_what_the_team_took_part_in(house: House):
    spec = house.engine.center().agents[AgentId("ann")].spec
    await house.do(c.DefineAgent, agent=replace(spec, team=TeamId("t")))
    jan = (await house.directory.resolve([CLAIM], source="test")).customer
    await house.available("ann")
    ours = await house.arrive(customer=jan)
    await house.accept(ours)
    await house.do(c.SetPresence, by=PEOPLE["ann"], agent=AgentId("ann"), presence=Presence.MEETING)
    await house.available("bob")
    theirs = await house.arrive(customer=jan)
    await house.accept(theirs, "bob")
    async with house.browser("tom") as tom, house.browser("sue") as sue:
        for state in ("live", "over"):
            await house.settled()
            assert (await tom.get(f"/conversations/{ours}")).status_code == 200, state
            strange = await tom.get(f"/conversations/{theirs}")
            assert (strange.status_code, strange.json()["code"]) == (409, "out_of_scope"), state
            assert (await tom.get(f"/conversations/{theirs}/messages")).status_code == 409
            listed = (await tom.get("/interactions")).json()["interactions"]
            assert [one["interaction"] for one in listed] == [ours], state
            listed = (await sue.get("/interactions")).json()["interactions"]
            assert {one["interaction"] for one in listed} == {ours, theirs}
            note = await tom.post(f"/conversations/{theirs}/notes", json={"text": "I see you"})
            assert note.json()["code"] == "out_of_scope"
            if state == "live":
                note = await tom.post(f"/conversations/{ours}/notes", json={"text": "Well done"})
                assert note.status_code == 201, note.text
                await house.finish(ours)
                await house.finish(theirs, "bob")
