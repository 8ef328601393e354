import pytest

from tests.conversations.house import House
from warmline.conversations.answer import clean, plain
from warmline.conversations.model import Envelope
from warmline.core import commands as c
from warmline.core.words import InteractionId, QueueId


async def in_hand(house: House, **facts) -> InteractionId:
    await house.available("ann")
    interaction = await house.arrive(**facts)
    await house.accept(interaction)
    return interaction


async def test_what_is_said_is_numbered_from_one_and_read_after_a_number(house: House):
    interaction = await in_hand(house, text="Where is my parcel?")
    async with house.browser("ann") as ann:
        answer = await ann.post(
            f"/conversations/{interaction}/messages",
            json={"id": "client-0001", "text": "Let me see"},
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["message"]["seq"] == 2
        await house.says(interaction, "Thanks")
        read = (await ann.get(f"/conversations/{interaction}/messages?after=1")).json()
    assert [(one["seq"], one["author"], one["text"]) for one in read["messages"]] == [
        (2, "agent", "Let me see"),
        (3, "customer", "Thanks"),
    ]
    assert read["messages"][0]["name"] == "Ann"
    assert not read["more"]


async def test_the_same_message_sent_twice_is_one(house: House):
    interaction = await in_hand(house)
    body = {"id": "client-0001", "text": "Once"}
    async with house.browser("ann") as ann:
        first = await ann.post(f"/conversations/{interaction}/messages", json=body)
        second = await ann.post(f"/conversations/{interaction}/messages", json=body)
        read = (await ann.get(f"/conversations/{interaction}/messages")).json()
    assert first.json() == second.json()
    assert len(read["messages"]) == 2


async def test_nobody_takes_the_id_of_somebody_elses_message(house: House):
    interaction = await in_hand(house)
    other = await house.says(interaction, "mine")
    async with house.browser("ann") as ann:
        answer = await ann.post(
            f"/conversations/{interaction}/messages", json={"id": other, "text": "not yours"}
        )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "hi", "attachments": ["nothing"]}, "attachments"),
        ({"text": "hi", "to": ["a@b.example"]}, "mode"),
        ({"text": "hi", "colour": "red"}, "colour"),
        ({"text": "hi", "id": "a b"}, "id"),
    ],
)
async def test_a_bad_answer_says_what_is_wrong(house: House, body, field):
    interaction = await in_hand(house)
    async with house.browser("ann") as ann:
        answer = await ann.post(f"/conversations/{interaction}/messages", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_who_does_not_hold_it_does_not_write(house: House):
    interaction = await in_hand(house)
    async with house.browser("bob") as bob:
        answer = await bob.post(f"/conversations/{interaction}/messages", json={"text": "Hi"})
    assert answer.status_code == 404
    async with house.browser("ada") as ada:
        assert (await ada.get(f"/conversations/{interaction}")).status_code == 403


MAIL = Envelope(
    sender="Jan Nowak <jan@mail.example>",
    to=("help@shop.example", "other@mail.example"),
    cc=("Ewa <ewa@mail.example>",),
    subject="Zwrot",
    message_id="<first@mail.example>",
    references=("<zero@mail.example>",),
)


async def test_a_mail_is_answered_to_its_sender_and_can_be_taken_back(house: House):
    interaction = await in_hand(house, inbox="shop-mail", subject="Zwrot", envelope=MAIL)
    async with house.browser("ann") as ann:
        answer = await ann.post(
            f"/conversations/{interaction}/messages",
            json={"html": "<p>Tak &lt; <b>5</b><script>alert(1)</script></p><p>Ann</p>"},
        )
        message = answer.json()["message"]
        assert message["state"] == "queued"
        assert message["send_after"] == house.clock.now() + 10_000
        assert message["text"] == "Tak < 5\nAnn"
        assert "script" not in message["html"]
        assert message["email"]["to"] == ["Jan Nowak <jan@mail.example>"]
        assert message["email"]["cc"] == []
        assert message["email"]["subject"] == "Re: Zwrot"
        assert message["email"]["from"] == "Help <help@shop.example>"
        assert message["email"]["references"] == ["<zero@mail.example>", "<first@mail.example>"]
        back = await ann.delete(f"/conversations/{interaction}/messages/{message['id']}")
        assert back.json()["message"]["state"] == "unsent"
        assert (
            await ann.delete(f"/conversations/{interaction}/messages/{message['id']}")
        ).status_code == 200


async def test_a_mail_that_has_left_cannot_be_taken_back(house: House):
    interaction = await in_hand(house, inbox="shop-mail", envelope=MAIL)
    async with house.browser("ann") as ann:
        answer = await ann.post(f"/conversations/{interaction}/messages", json={"text": "Tak"})
        house.clock.on(10_000)
        late = await ann.delete(
            f"/conversations/{interaction}/messages/{answer.json()['message']['id']}"
        )
    assert late.status_code == 409
    assert late.json()["code"] == "too_late"


async def test_reply_all_leaves_us_out_and_forward_names_its_people(house: House):
    interaction = await in_hand(house, inbox="shop-mail", envelope=MAIL)
    async with house.browser("ann") as ann:
        url = f"/conversations/{interaction}/messages"
        to_all = await ann.post(url, json={"text": "Tak", "mode": "reply_all"})
        assert to_all.json()["message"]["email"]["cc"] == [
            "other@mail.example",
            "Ewa <ewa@mail.example>",
        ]
        nobody = await ann.post(url, json={"text": "FYI", "mode": "forward"})
        assert nobody.json()["errors"][0]["field"] == "to"
        bad = await ann.post(url, json={"text": "FYI", "to": ["a@b\r\nBcc: c@d"]})
        assert bad.status_code == 400
        passed_on = await ann.post(
            url, json={"text": "FYI", "mode": "forward", "to": ["boss@shop.example"]}
        )
        email = passed_on.json()["message"]["email"]
    assert email["to"] == ["boss@shop.example"]
    assert email["subject"] == "Fwd: Zwrot"
    assert email["references"] == []


async def test_a_note_is_for_colleagues_and_goes_along_with_a_transfer(house: House):
    interaction = await in_hand(house)
    async with house.browser("ann") as ann:
        note = await ann.post(f"/conversations/{interaction}/notes", json={"text": "VIP"})
        assert note.json()["message"]["author"] == "note"
        moved = await ann.post(
            "/transfers",
            json={"interaction": interaction, "to_queue": "repairs", "note": "Broken screen"},
        )
        assert moved.status_code == 200, moved.text
        read = (await ann.get(f"/conversations/{interaction}/messages")).json()["messages"]
    assert [one["text"] for one in read] == ["Hello", "VIP", "Broken screen"]
    live = house.engine.center().interactions[interaction]
    assert (live.queue, live.note) == (QueueId("repairs"), moved.json()["note"])


async def test_a_refused_transfer_leaves_no_note(house: House):
    interaction = await in_hand(house)
    async with house.browser("ann") as ann:
        moved = await ann.post(
            "/transfers", json={"interaction": interaction, "to_queue": "moon", "note": "there"}
        )
        assert moved.status_code == 404
        read = (await ann.get(f"/conversations/{interaction}/messages")).json()["messages"]
    assert [one["text"] for one in read] == ["Hello"]


async def test_transfer_targets_are_as_they_are_now(house: House):
    await in_hand(house)
    async with house.browser("ann") as ann:
        found = (await ann.get("/transfer-targets?medium=chat")).json()
    assert {one["id"]: one["agents_free"] for one in found["queues"]} == {"shop": 1, "repairs": 1}
    assert found["agents"] == [
        {"id": "ann", "name": "Ann", "presence": "available", "team": None, "load": 1, "open": True}
    ]


async def test_a_draft_is_kept_as_typed_and_goes_when_it_is_sent(house: House):
    interaction = await in_hand(house)
    url = f"/conversations/{interaction}/draft"
    async with house.browser("ann") as ann:
        assert (await ann.put(url, json={"text": "Dear"})).status_code == 204
        assert (await ann.put(url, json={"text": "Dear Jan"})).status_code == 204
        assert (await ann.get(url)).json()["text"] == "Dear Jan"
        await ann.post(f"/conversations/{interaction}/messages", json={"text": "Dear Jan"})
        assert (await ann.get(url)).json()["text"] == ""


async def test_receipts_reach_the_messages(house: House):
    interaction = await in_hand(house)
    async with house.browser("ann") as ann:
        url = f"/conversations/{interaction}/messages"
        ids = [
            (await ann.post(url, json={"text": text})).json()["message"]["id"]
            for text in ("one", "two", "three")
        ]
        await house.do(c.ConfirmDelivery, interaction=interaction, message=ids[0])
        await house.do(c.MarkRead, interaction=interaction, message=ids[1], reader="customer")
        await house.do(c.ReportFailure, interaction=interaction, message=ids[2], code="gone")
        await house.settled()
        read = (await ann.get(url)).json()["messages"]
    assert [(one["state"], one["error"]) for one in read[1:]] == [
        ("read", None),
        ("read", None),
        ("failed", "gone"),
    ]


async def test_the_header_follows_the_log(house: House):
    first = await in_hand(house)
    async with house.browser("ann") as ann:
        house.clock.on(5_000)
        await ann.post(f"/conversations/{first}/messages", json={"text": "Hi"})
        await house.finish(first)
        await house.do(c.Rate, interaction=first, score=4)
        second = await house.arrive(follows=first)
        await house.settled()
        header = (await ann.get(f"/conversations/{second}")).json()
        earlier = (await ann.get(f"/conversations/{first}")).json()
    assert [one["interaction"] for one in header["thread"]] == [first]
    assert header["follows"] == first
    assert {
        name: earlier[name] for name in ("phase", "agent", "disposition", "rating", "ended_by")
    } == {
        "phase": "closed",
        "agent": "ann",
        "disposition": "solved",
        "rating": 4,
        "ended_by": "agent",
    }
    assert earlier["first_answer_at"] == earlier["started_at"] + 5_000


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<style>p{}</style><iframe src=//e.example></iframe>",
        '<p style="position:fixed" onclick="x()">x</p>',
        "<svg><script>x</script></svg>",
    ],
)
def test_html_of_the_composer_holds_nothing_that_acts(html):
    cleaned = clean(html)
    for danger in (
        "javascript",
        "onerror",
        "onclick",
        "<img",
        "<style",
        "<iframe",
        "style=",
        "<svg",
    ):
        assert danger not in cleaned


def test_the_words_of_html_keep_their_lines():
    assert plain("<p>One</p><p>Two<br>Three &amp; four</p><ul><li>a</li><li>b</li></ul>") == (
        "One\nTwo\nThree & four\na\nb"
    )
