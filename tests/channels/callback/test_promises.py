"""What becomes of a promised callback: tried again, moved, cancelled, kept, asked after."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.contracts.house import ANNA, House, new, until, who
from warmline.channels.callback.plan import Plan, Stage
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.callback import CallbackOrder, Callbacks
from warmline.core.settings import Disposition, Policy
from warmline.core.words import (
    CHANNEL,
    HOUR,
    MINUTE,
    SYSTEM,
    CustomerId,
    DispositionId,
    InboxId,
    InteractionId,
    Verification,
)
from warmline.customers.model import Claim, IdentifierKind

NUMBER = "+48501234567"


async def asks(house: House, *, status: int = 201, **body: Any) -> Any:
    wish = {"inbox": "call-me", "number": NUMBER, **body}
    answer = await house.http.post("/api/v1/callbacks", json=wish)
    assert answer.status_code == status, answer.text
    return answer.json()


async def stands(house: House, asked: Any) -> Plan:
    await house.caught_up()
    found = await house.callbacks.promises.of_token(asked["page"].rpartition("/")[2])
    assert found is not None
    return found


async def rules(house: House, **values: Any) -> None:
    version = house.engine.center().policy.version + 1
    policy = Policy(version=version, callbacks=Callbacks(**values))
    await house.give(c.DefinePolicy(id=new(), by=SYSTEM, policy=policy))
    for result in ("not-reached", "busy", "wrong-number", "reached"):
        kind = Disposition(id=DispositionId(result), name=result)
        await house.give(c.DefineDisposition(id=new(), by=SYSTEM, disposition=kind))


async def called(house: House, talk: str, result: str) -> None:
    """Anna calls, and says what came of it."""
    await house.takes(talk)
    await house.give(c.End(id=new(), by=who(ANNA), interaction=InteractionId(talk)))
    await house.give(
        c.WrapUp(
            id=new(),
            by=who(ANNA),
            interaction=InteractionId(talk),
            disposition=DispositionId(result),
        )
    )


async def test_a_call_within_the_time_of_the_policy_is_promised_and_kept(house: House):
    await rules(house, within_ms=30 * MINUTE)
    before = house.clock.now()
    asked = await asks(house)
    assert before + 30 * MINUTE <= asked["promised_by"] <= house.clock.now() + 30 * MINUTE
    waiting = house.open(asked["interaction"])
    assert (waiting.promised_by, waiting.due_at) == (asked["promised_by"], asked["promised_by"])
    await house.comes()
    await house.takes(asked["interaction"])
    found = await stands(house, asked)
    assert (found.stage, found.kept) == (Stage.CALLING, True)


async def test_who_is_not_reached_is_called_again_until_the_attempts_are_used_up(house: House):
    await rules(house, attempts=2, again_ms=MINUTE)
    await house.comes()
    asked = await asks(house)
    await called(house, asked["interaction"], "busy")
    found = await stands(house, asked)
    assert (found.stage, found.attempts) == (Stage.BOOKED, 1)
    assert found.due_at is not None
    assert found.due_at > house.clock.now()
    await house.callbacks.begin(found)
    assert house.open(found.interaction).follows == asked["interaction"]
    await called(house, found.interaction, "not-reached")
    after = await stands(house, asked)
    assert (after.stage, after.attempts, after.due_at) == (Stage.NOT_REACHED, 2, found.due_at)
    assert [outcome for _, outcome in await house.callbacks.promises.attempts(after)] == [
        "busy",
        "not_reached",
    ]


@pytest.mark.parametrize(
    ("result", "stage"), [("reached", Stage.REACHED), ("wrong-number", Stage.WRONG_NUMBER)]
)
async def test_after_a_talk_or_a_wrong_number_nobody_calls_again(
    house: House, result: str, stage: Stage
):
    await rules(house)
    await house.comes()
    asked = await asks(house)
    await called(house, asked["interaction"], result)
    assert (await stands(house, asked)).stage is stage


async def test_a_window_ahead_is_kept_back_until_it_begins(house: House):
    now = house.clock.now()
    asked = await asks(house, text="My lamp", window_from=now + HOUR, window_by=now + 2 * HOUR)
    assert await house.log(e.Arrived) == []
    again = await asks(house)
    assert again["page"] == asked["page"], "the number has a promise already"
    found = await stands(house, asked)
    assert (found.stage, found.due_at, found.words) == (Stage.BOOKED, now + HOUR, "My lamp")
    await house.callbacks.begin(found)
    (arrived,) = await house.log(e.Arrived)
    assert (arrived.interaction, arrived.promised_by) == (asked["interaction"], now + 2 * HOUR)
    assert len(await house.log(e.MessageReceived)) == 1
    assert await house.callbacks.number(arrived.interaction) == NUMBER
    assert (await stands(house, asked)).stage is Stage.WAITING


async def test_what_is_due_goes_into_the_line_by_itself(house: House):
    now = house.clock.now()
    asked = await asks(house, window_from=now + 300, window_by=now + HOUR)
    await until("the arrival", lambda: house.open(asked["interaction"]))


@pytest.mark.parametrize(
    ("since", "length", "status", "code"),
    [(HOUR, MINUTE, 400, "window"), (-HOUR, 2 * HOUR, 400, "window"), (20 * 24 * HOUR, HOUR, 400,
     "window")],
)  # fmt: skip
async def test_a_window_that_makes_no_sense_is_refused(
    house: House, since: int, length: int, status: int, code: str
):
    begins = house.clock.now() + since
    refused = await asks(house, status=status, window_from=begins, window_by=begins + length)
    assert refused["errors"][0]["code"] == code


async def test_a_window_out_of_hours_is_refused_and_says_when_it_opens(house: House):
    begins = house.clock.now() + HOUR
    refused = await asks(
        house, status=409, inbox="call-late", window_from=begins, window_by=begins + HOUR
    )
    assert refused["code"] == "closed"
    offered = (await house.http.get("/api/v1/callbacks/call-late/windows")).json()["windows"]
    assert offered[0][0] == refused["opens_at"]


def page_of(asked: Any) -> str:
    return "/c/" + asked["page"].rpartition("/")[2]


async def acts(house: House, asked: Any, **form: str) -> httpx.Response:
    return await house.http.post(page_of(asked), data=form, follow_redirects=True)


async def test_the_customer_sees_moves_and_cancels_it_on_their_page(house: House):
    asked = await asks(house, language="pl")
    seen = await house.http.get(page_of(asked))
    assert 'lang="pl"' in seen.text
    assert NUMBER not in seen.text, "who finds the link does not find the number"
    assert "script" not in seen.text
    offered = (await house.http.get("/api/v1/callbacks/call-me/windows")).json()["windows"]
    since, by = offered[0]
    moved = await acts(house, asked, do="move", window=f"{since}-{by}")
    assert (moved.status_code, "Pora zmieniona" in moved.text) == (200, True)
    found = await stands(house, asked)
    assert (found.stage, found.window_from, found.promised_by) == (Stage.BOOKED, since, by)
    assert house.open(asked["interaction"]) is None
    assert await house.log(e.Abandoned) == [], "who moves a call has not given up"
    gone = await acts(house, asked, do="cancel")
    assert "odwołane" in gone.text
    assert "<form" not in gone.text
    assert (await stands(house, asked)).stage is Stage.CANCELLED


async def test_the_page_cannot_change_what_is_on_its_way(house: House):
    asked = await asks(house)
    await house.comes()
    await house.takes(asked["interaction"])
    await house.caught_up()
    assert (await acts(house, asked, do="cancel")).status_code == 409
    assert (await acts(house, asked, do="move", window="1-2")).status_code == 409
    assert house.open(asked["interaction"]) is not None


async def test_a_link_that_is_none_says_so(house: House):
    assert (await house.http.get("/c/nothing")).status_code == 404


async def test_a_cancelled_one_leaves_the_line(house: House):
    asked = await asks(house)
    await acts(house, asked, do="cancel")
    assert house.open(asked["interaction"]) is None
    assert (await stands(house, asked)).stage is Stage.CANCELLED
    await asks(house)
    assert len(await house.log(e.Arrived)) == 2, "asked again, it is a new one"


async def calls(house: House, customer: CustomerId, verification: Verification) -> None:
    """The customer comes by themselves, and is spoken to."""
    talk = InteractionId("own")
    await house.give(
        c.Arrive(
            id=new(),
            by=CHANNEL,
            interaction=talk,
            inbox=InboxId("chat"),
            customer=customer,
            verification=verification,
        )
    )
    await house.takes(talk)


@pytest.mark.parametrize(
    ("sure", "stage"),
    [(Verification.VERIFIED, Stage.CAME), (Verification.CLAIMED, Stage.WAITING)],
)
async def test_who_is_spoken_to_meanwhile_is_not_called_any_more(
    house: House, sure: Verification, stage: Stage
):
    await rules(house, order=CallbackOrder.DEFERRED)
    asked = await asks(house)
    customer = house.open(asked["interaction"]).customer
    await house.comes()
    offer = await until("the offer", lambda: house.open(asked["interaction"]).offer)
    talk = InteractionId(asked["interaction"])
    await house.give(c.Decline(id=new(), by=who(ANNA), interaction=talk, offer=offer.id))
    await calls(house, customer, sure)
    assert (await stands(house, asked)).stage is stage


@dataclass
class Letters:
    sent: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        self.sent.append((to, subject, text, html, language))


async def test_a_late_one_is_asked_once_by_mail_whether_it_is_still_wanted(house: House):
    claims = [
        Claim(kind=IdentifierKind.PHONE, value=NUMBER, verification=Verification.MATCHED),
        Claim(kind=IdentifierKind.EMAIL, value="eva@x.example", verification=Verification.MATCHED),
    ]
    await house.customers.resolve(claims, source="test", name="Eva")
    asked = await asks(house, language="ru")
    letters = house.callbacks.promises.mailer = Letters()
    await house.callbacks.promises.due()
    assert letters.sent == [], "the policy asks nobody"
    await rules(house, ask_before_ms=1)
    await until("an age", lambda: house.clock.now() > house.open(asked["interaction"]).arrived_at)
    for _ in range(2):
        await house.callbacks.promises.due()
    ((to, _, text, html, language),) = letters.sent
    assert (to, language) == ("eva@x.example", "ru")
    assert asked["page"] in text
    assert asked["page"] in html


@dataclass
class Texts:
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def send(self, to: str, text: str) -> None:
        self.sent.append((to, text))


async def test_who_has_no_address_is_asked_by_text_message(house: House):
    asked = await asks(house, language="pl")
    texts = house.callbacks.promises.texter = Texts()
    await rules(house, ask_before_ms=1)
    await until("an age", lambda: house.clock.now() > house.open(asked["interaction"]).arrived_at)
    await house.callbacks.promises.due()
    ((to, text),) = texts.sent
    assert to == NUMBER
    assert text.endswith(asked["page"])
