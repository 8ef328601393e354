"""Rules for letters: words in a subject lead a new letter to its queue, with its reason."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.channels.email.post import OLGA_ADDRESS, arrived, relay_settings, send
from tests.contracts.house import HELP, House, open_house
from tests.flows.house import Fitted
from tests.services.smtp_sink import SmtpSink

RULES = """
flow: sorting
media: [email]
inboxes: [letters]
start: who
fallback: anybody
steps:
  who:
    identify: number
    known: about
    unknown: about
  about:
    mentions: subject
    cases:
      orders: {words: [order, zamówienie], next: orders}
    otherwise: words
  words:
    mentions: text
    cases:
      orders: {words: [parcel], next: orders}
    otherwise: anybody
  orders: {queue: orders, reason: orders}
  anybody: {queue: by reason}
"""


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data", **relay_settings(smtp_sink)) as house:
        yield house


def letter(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = OLGA_ADDRESS, HELP, subject
    mail["Message-ID"] = f"<{abs(hash((subject, text)))}@mail.example>"
    mail.set_content(text)
    return mail


@pytest.mark.parametrize(
    ("subject", "text", "queue", "reason"),
    [
        ("Moje ZAMÓWIENIE 17", "Dzień dobry", "orders", "orders"),
        ("Hello", "Where is my parcel?", "orders", "orders"),
        ("Hello", "A question about lamps", "mail", None),
    ],
)
async def test_a_letter_goes_where_its_words_lead(
    house: House, subject: str, text: str, queue: str, reason: str | None
):
    await Fitted(house).publish("sorting", RULES)
    await send(house, letter(subject, text))
    [interaction] = await arrived(house)
    found = house.open(interaction)
    assert (found.queue, found.reason) == (queue, reason)


async def test_a_queue_that_is_gone_by_then_is_the_inbox_own(house: House):
    fitted = Fitted(house)
    await fitted.publish("sorting", RULES)
    house.engine.center().queues.pop("orders")  # type: ignore[call-overload]
    await send(house, letter("My order", "Hello"))
    [interaction] = await arrived(house)
    assert house.open(interaction).queue == "mail"


async def test_a_flow_for_letters_asks_nobody(house: House):
    text = RULES.replace("who:\n    identify: number\n    known: about\n    unknown: about",
                         "who:\n    say: {en: Hello}\n    next: about")  # fmt: skip
    problems = Fitted(house).versions.check(text).problems
    assert [one.code for one in problems] == ["nobody_there"]
