"""The HTTP door: beginnings, identity, files, forms, and every refusal with its reason."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import Request
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select, update

from tests.contracts.house import SHOP, SITE, House, bearer, open_house, until
from warmline.channels.webchat import tables
from warmline.channels.webchat.door import secret_routes
from warmline.conversations import queries
from warmline.conversations.tables import rating_comment
from warmline.core import events as e
from warmline.core.permissions import Right
from warmline.core.words import Actor, InboxId, InteractionId, UserId, Verification
from warmline.customers.model import IdentifierKind
from warmline.customers.tables import customer
from warmline.security.audit import Audit
from warmline.storage.rows import row, rows

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
CHAT = "/api/v1/chat"


async def test_the_same_start_opens_the_same_chat_with_a_new_token(house: House):
    start = {"id": str(uuid4()), "text": "Hello"}
    first, old = await house.begin(**start)
    again, token = await house.begin(**start)
    assert first == again
    assert start["id"] not in first
    assert len(await house.log(e.Arrived)) == 1
    assert (await house.http.get(f"{CHAT}/messages", headers=bearer(old))).status_code == 401
    answer = await house.http.get(f"{CHAT}/messages", headers=bearer(token))
    assert [m["text"] for m in answer.json()["messages"]] == ["Hello"]


async def test_a_token_is_kept_only_as_its_hash(house: House):
    interaction, token = await house.begin()
    async with house.database.read() as connection:
        header = await row(connection, queries.header(SITE, InteractionId(interaction)))
    assert header is not None
    assert len(header["token_hash"]) == 64
    assert token not in str(dict(header))


@pytest.mark.parametrize("token", ["x", "wl_short", "wl_" + "x" * 43, "ünïcode", "Basic abc"])
async def test_without_the_right_token_nothing_opens(house: House, token: str):
    await house.begin()
    for method, path in (("GET", "messages"), ("POST", "end"), ("GET", "files/x")):
        headers = [(b"authorization", f"Bearer {token}".encode())]
        answer = await house.http.request(method, f"{CHAT}/{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "no_such_chat")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_one_customer_never_sees_another_ones_words(house: House):
    _, eva = await house.begin(text="My secret")
    _, jan = await house.begin(text="Mine")
    secret = (await house.http.get(f"{CHAT}/messages", headers=bearer(eva))).json()["messages"][0]
    stolen = {"id": secret["id"], "text": "My secret"}
    answer = await house.http.post(f"{CHAT}/messages", json=stolen, headers=bearer(jan))
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    read = {"message": secret["id"]}
    answer = await house.http.post(f"{CHAT}/read", json=read, headers=bearer(jan))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_message")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"inbox": "chat", "email": "nobody"}, "email"),
        ({"inbox": "chat", "email": "a@b.c\r\nBcc: x@y.z"}, "email"),
        ({"inbox": "chat", "reason": "unheard of"}, "reason"),
        ({"inbox": "chat", "language": "<script>"}, "language"),
        ({"inbox": "chat", "id": "not-a-uuid"}, "id"),
        ({"inbox": "chat", "text": "x" * 10_001}, "text"),
        ({"inbox": "chat", "surprise": 1}, "surprise"),
        ({"inbox": "chat", "name": "x" * 200}, "name"),
        ({"text": "no inbox"}, "inbox"),
    ],
)
async def test_bad_beginnings_say_which_field_is_wrong(
    house: House, body: dict[str, Any], field: str
):
    answer = await house.http.post(CHAT, json=body)
    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])
    assert await house.log(e.Arrived) == []


async def test_an_unknown_inbox_and_one_of_another_medium_are_not_found(house: House):
    for inbox in ("nowhere", "letters"):
        answer = await house.http.post(CHAT, json={"inbox": inbox})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_inbox")


async def test_the_widget_learns_what_it_needs(house: House):
    body = (await house.http.get(f"{CHAT}/inboxes/chat?locale=ru-RU")).json()
    assert body["open"] is True
    assert body["online"] is False
    assert body["prechat"] == {
        "name": True,
        "email": True,
        "reason": [{"id": "other", "label": "Other"}, {"id": "orders", "label": "Мой заказ"}],
    }
    assert body["file_limit_bytes"] == house.settings.file_limit_bytes
    await house.comes()
    assert (await house.http.get(f"{CHAT}/inboxes/chat")).json()["online"] is True
    late = (await house.http.get(f"{CHAT}/inboxes/late")).json()
    assert (late["open"], late["offline_form"]) == (False, True)
    assert late["opens_at"] > house.clock.now()


@pytest.mark.parametrize(
    ("locale", "label"),
    [("?locale=ru", "Мой заказ"), ("?locale=pl-PL", "My order"), ("", "My order")],
)
async def test_a_reason_is_called_as_the_visitor_speaks(house: House, locale: str, label: str):
    reasons = (await house.http.get(f"{CHAT}/inboxes/chat{locale}")).json()["prechat"]["reason"]
    assert {one["id"]: one["label"] for one in reasons} == {"orders": label, "other": "Other"}


async def test_outside_hours_a_chat_is_refused_and_the_form_becomes_a_mail(house: House):
    answer = await house.http.post(CHAT, json={"inbox": "late", "text": "Hello?"})
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert answer.json()["opens_at"] > house.clock.now()
    form = {
        "inbox": "late",
        "id": str(uuid4()),
        "name": "Ewa Żak",
        "email": "ewa@shop.example",
        "text": "Kiedy przyjdzie paczka?\nCzekam od wtorku.",
        "language": "pl",
    }
    first = await house.http.post(f"{CHAT}/offline", json=form)
    again = await house.http.post(f"{CHAT}/offline", json=form)
    assert first.status_code == 201
    assert again.json() == first.json()
    interaction = InteractionId(first.json()["interaction"])
    assert house.open(interaction).medium == "email"
    async with house.database.read() as connection:
        header = await row(connection, queries.header(SITE, interaction))
        mail = await row(connection, queries.last_email(SITE, interaction))
    assert header is not None
    assert mail is not None
    assert header["subject"] == "Kiedy przyjdzie paczka?"
    assert mail["email"]["from"] == '"Ewa Żak" <ewa@shop.example>'
    assert mail["text"].endswith("Czekam od wtorku.")


async def test_the_form_needs_an_address_and_an_inbox_for_it(house: House):
    answer = await house.http.post(f"{CHAT}/offline", json={"inbox": "late", "text": "Hi"})
    assert (answer.status_code, answer.json()["field"]) == (400, "email")
    form = {"inbox": "chat", "text": "Hi", "email": "a@shop.example"}
    answer = await house.http.post(f"{CHAT}/offline", json=form)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_offline_form")


# Identity


async def keep_secret(house: House, secret: str) -> None:
    async with house.database.write() as connection:
        await connection.execute(tables.keep_secret(SITE, InboxId("chat"), secret, 0))


def signed(secret: str, **claims: Any) -> str:
    now = int(time.time())
    given = {"sub": "u-77", "name": "Eva Novak", "iat": now, "exp": now + 300, **claims}
    return jwt.encode({"alg": "HS256"}, given, OctKey.import_key(secret))


async def test_a_signed_identity_is_a_verified_customer(house: House):
    await keep_secret(house, "the shop's own long secret, 32 bytes")
    token = signed("the shop's own long secret, 32 bytes", email="eva@shop.example")
    interaction, _ = await house.begin(identity=token)
    found = house.open(interaction)
    assert found.verification is Verification.VERIFIED
    logins = await house.customers.identifiers(found.customer, IdentifierKind.LOGIN)
    assert logins == ["u-77"]
    second, _ = await house.begin(identity=token)
    assert house.open(second).customer == found.customer


async def test_a_typed_address_is_only_claimed(house: House):
    interaction, _ = await house.begin(name="Eva", email="eva@shop.example")
    assert house.open(interaction).verification is Verification.CLAIMED


async def test_a_typed_address_gives_nobody_the_place_of_its_owner_in_the_line(house: House):
    await keep_secret(house, "the shop's own long secret, 32 bytes")
    token = signed("the shop's own long secret, 32 bytes", email="eva@shop.example")
    first, _ = await house.begin(identity=token)
    eva = house.open(first).customer
    async with house.database.write() as connection:
        await connection.execute(
            update(customer).where(customer.c.id == eva).values(segment="gold")
        )
    typed, _ = await house.begin(name="Somebody", email="eva@shop.example")
    vouched, _ = await house.begin(identity=token)
    assert house.open(typed).segment is None
    assert house.open(typed).verification is Verification.CLAIMED
    assert (house.open(vouched).customer, house.open(vouched).segment) == (eva, "gold")


async def test_who_is_vouched_for_is_brought_to_the_agent_of_last_time(house: House):
    await keep_secret(house, "the shop's own long secret, 32 bytes")
    token = signed("the shop's own long secret, 32 bytes", email="eva@shop.example")
    await house.comes()
    first, _ = await house.begin(identity=token)
    await house.takes(first)
    await house.caught_up()
    for who, wanted in (({"identity": token}, "anna"), ({"email": "eva@shop.example"}, None)):
        interaction, _ = await house.begin(**who)
        [arrived] = [one for one in await house.log(e.Arrived) if one.interaction == interaction]
        assert arrived.preferred == wanted


async def test_an_identity_may_come_while_the_chat_goes_on(house: House):
    await keep_secret(house, "the shop's own long secret, 32 bytes")
    interaction, token = await house.begin()
    assert house.open(interaction).customer is None
    body = {"identity": signed("the shop's own long secret, 32 bytes")}
    answer = await house.http.post(f"{CHAT}/identify", json=body, headers=bearer(token))
    assert answer.status_code == 204
    assert house.open(interaction).verification is Verification.VERIFIED


@pytest.mark.parametrize(
    ("claims", "secret", "code"),
    [
        ({}, "another secret that is also long enough", "identity_signature"),
        ({"exp": 1, "iat": 0}, None, "identity_expired"),
        ({"exp": None}, None, "identity_malformed"),
        ({"iat": None}, None, "identity_malformed"),
        ({"sub": ""}, None, "identity_malformed"),
        (
            {"iat": int(time.time()) + 9_000, "exp": int(time.time()) + 9_100},
            None,
            "identity_early",
        ),
        ({"exp": int(time.time()) + 90_000}, None, "identity_too_long"),
        ({"exp": float("1e300")}, None, "identity_too_long"),
    ],
)
async def test_an_identity_that_is_not_to_be_believed_says_why(
    house: House, claims: dict[str, Any], secret: str | None, code: str
):
    right = "the shop's own long secret, 32 bytes"
    await keep_secret(house, right)
    token = signed(secret or right, **claims)
    answer = await house.http.post(CHAT, json={"inbox": "chat", "identity": token})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert await house.log(e.Arrived) == []


async def test_an_unsigned_identity_is_refused(house: House):
    await keep_secret(house, "the shop's own long secret, 32 bytes")
    nobody = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTc3IiwiZXhwIjo5OTk5OTk5OTk5LCJpYXQiOjB9."
    for token in (nobody, "nonsense", "a.b.c"):
        answer = await house.http.post(CHAT, json={"inbox": "chat", "identity": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "identity_signature")


class AdaAlone:
    """Lets only Ada in, and remembers which rights the routes asked for."""

    def __init__(self) -> None:
        self.asked: list[Right] = []

    def __call__(self, right: Right) -> Callable[[Request], Awaitable[Actor]]:
        return self.any_of(frozenset({right}))

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]:
        self.asked.extend(wanted)

        async def ada(request: Request) -> Actor:
            return Actor(user=UserId("ada"))

        return ada


async def test_an_administrator_makes_the_secret_and_the_deed_is_on_record(house: House):
    guard = AdaAlone()
    ledger = Audit(house.database, SITE, house.clock)
    house.app.include_router(secret_routes(house.webchat, guard=guard, audit=ledger))
    assert guard.asked == [Right.CONFIGURE]
    path = "/api/v1/inboxes/chat/identity-secret"
    assert (await house.http.get(path)).json() == {"inbox": "chat", "secret": None}
    first = (await house.http.post(path)).json()["secret"]
    second = (await house.http.post(path)).json()["secret"]
    assert (await house.http.get(path)).json()["secret"] == second
    interaction, _ = await house.begin(identity=signed(second))
    assert house.open(interaction).verification is Verification.VERIFIED
    old = await house.http.post(CHAT, json={"inbox": "chat", "identity": signed(first)})
    assert old.json()["code"] == "identity_signature"
    page = await ledger.page(equal={"kind": "identity_secret"}, before=None, limit=10)
    assert [(one.user, one.action, one.item) for one in page] == [("ada", "renew", "chat")] * 2
    assert second not in str(page)


# Files


async def put(house: House, token: str, name: str, content: bytes, **form: str) -> Any:
    files = {"file": (name, content, "application/x-whatever")}
    return await house.http.post(f"{CHAT}/files", files=files, data=form, headers=bearer(token))


async def test_a_file_is_a_message_and_comes_back_as_it_was(house: House):
    interaction, token = await house.begin()
    id_ = str(uuid4())
    first = await put(house, token, "../../Rechnung.png", PNG, id=id_, text="Look")
    again = await put(house, token, "../../Rechnung.png", PNG, id=id_, text="Look")
    assert first.status_code == 201, first.text
    message = first.json()["message"]
    assert message == again.json()["message"]
    assert (message["id"], message["text"]) == (id_, "Look")
    file = message["files"][0]
    assert (file["name"], file["media_type"], file["size"]) == (
        "Rechnung.png", "image/png", len(PNG),
    )  # fmt: skip
    link = await house.http.get(f"{CHAT}/files/{file['id']}?token={token}")
    assert link.content == PNG
    assert link.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in link.headers["content-security-policy"]
    _, other = await house.begin()
    stolen = await house.http.get(f"{CHAT}/files/{file['id']}?token={other}")
    assert stolen.status_code == 404
    assert len(await house.log(e.MessageReceived)) == 1
    assert house.open(interaction) is not None


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("page.html", b"<script>alert(1)</script>", 415),
        ("virus.exe", b"MZ\x90", 415),
        ("photo.png", b"MZ\x90 not a picture", 415),
        ("picture.svg", b"<svg/>", 415),
        ("letter.txt", b"\xff\xfe\x00binary", 415),
        ("empty.png", b"", 400),
        ("noending", b"abc", 415),
    ],
)
async def test_files_of_the_wrong_kind_are_refused(
    house: House, name: str, content: bytes, status: int
):
    _, token = await house.begin()
    assert (await put(house, token, name, content)).status_code == status
    assert await house.log(e.MessageReceived) == []


async def test_a_file_over_the_limit_is_refused(tmp_path: Path):
    async with open_house(tmp_path / "data", file_limit_bytes=1_000) as house:
        _, token = await house.begin()
        answer = await put(house, token, "photo.png", PNG + b"\x00" * 1_000)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# Rating and transcript


async def test_where_nobody_asks_there_is_no_survey_and_the_rating_stays(house: House):
    _, token = await house.begin()
    answer = await house.http.get(f"{CHAT}/survey", headers=bearer(token))
    assert answer.json() == {"page": None}
    assert (await house.http.get(f"{CHAT}/survey")).status_code == 401


async def test_a_rating_keeps_its_comment(house: House):
    interaction, token = await house.begin()
    body = {"score": 4, "comment": "Almost"}
    answer = await house.http.post(f"{CHAT}/rating", json=body, headers=bearer(token))
    assert answer.status_code == 204
    async with house.database.read() as connection:
        kept = await rows(connection, select(rating_comment))
    assert [(one["interaction"], one["score"], one["comment"]) for one in kept] == [
        (interaction, 4, "Almost")
    ]
    for score in (0, 6, True, "5"):
        answer = await house.http.post(
            f"{CHAT}/rating", json={"score": score}, headers=bearer(token)
        )
        assert answer.status_code == 400


class Outbox:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, str, str]] = []

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        self.sent.append((to, subject, text, html, language))


async def test_the_transcript_goes_out_in_the_customers_language(house: House):
    interaction, token = await house.begin(text="Где мой <заказ>?", language="ru")
    body = {"email": "eva@shop.example"}
    answer = await house.http.post(f"{CHAT}/transcript", json=body, headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_mail_relay")
    await house.comes()
    await house.takes(interaction)
    await house.writes(interaction, "Уже в пути")
    outbox = house.webchat.mailer = Outbox()
    answer = await house.http.post(f"{CHAT}/transcript", json=body, headers=bearer(token))
    assert answer.status_code == 202
    to, subject, text, html, language = outbox.sent[0]
    assert (to, language) == ("eva@shop.example", "ru")
    assert "Ваш разговор" in subject
    assert text.index("Где мой <заказ>?") < text.index("Уже в пути")
    assert "Anna" in text
    assert "&lt;заказ&gt;" in html


# Who may, and how often


async def test_a_page_of_another_site_may_not_use_the_inbox(house: House):
    evil = {"Origin": "https://evil.example"}
    answer = await house.http.post(CHAT, json={"inbox": "own"}, headers=evil)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin")
    assert "access-control-allow-origin" not in answer.headers
    good = await house.http.post(CHAT, json={"inbox": "own"}, headers={"Origin": SHOP})
    assert good.status_code == 201
    assert good.headers["access-control-allow-origin"] == SHOP
    token = good.json()["token"]
    answer = await house.http.get(f"{CHAT}/messages", headers={**bearer(token), **evil})
    assert answer.status_code == 403
    same = {"Origin": house.url}
    assert (await house.http.post(CHAT, json={"inbox": "own"}, headers=same)).status_code == 201


async def test_refusals_too_can_be_read_by_the_allowed_page(house: House):
    answer = await house.http.get(f"{CHAT}/messages", headers={"Origin": SHOP})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Origin" in answer.headers["vary"]


async def test_a_preflight_is_answered(house: House):
    headers = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    answer = await house.http.options(CHAT, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in answer.headers["access-control-allow-headers"]


async def test_too_many_beginnings_from_one_address_must_wait(tmp_path: Path):
    async with open_house(tmp_path / "data", chat_starts_per_minute=2) as house:
        answers = [await house.http.post(CHAT, json={"inbox": "chat"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert 0 < int(answers[2].headers["retry-after"]) <= 60
        assert len(await house.log(e.Arrived)) == 2


async def test_while_nobody_listens_a_chat_is_asked_to_come_again(house: House):
    house.listening[0].cancel()
    await until("the end", house.listening[0].done)
    answer = await house.http.post(CHAT, json={"inbox": "chat"})
    assert (answer.status_code, answer.json()["code"]) == (429, "busy")
    assert int(answer.headers["retry-after"]) >= 1


async def test_too_many_messages_of_one_chat_must_wait_and_nobody_else(tmp_path: Path):
    async with open_house(tmp_path / "data", chat_messages_per_minute=2) as house:
        _, eva = await house.begin()
        _, jan = await house.begin()
        said = [
            await house.http.post(f"{CHAT}/messages", json={"text": "x"}, headers=bearer(eva))
            for _ in range(3)
        ]
        assert [answer.status_code for answer in said] == [201, 201, 429]
        other = await house.http.post(f"{CHAT}/messages", json={"text": "x"}, headers=bearer(jan))
        assert other.status_code == 201


async def test_the_door_is_described(house: House):
    paths = (await house.http.get("/openapi.json")).json()["paths"]
    wanted = {
        CHAT, f"{CHAT}/messages", f"{CHAT}/end", f"{CHAT}/rating", f"{CHAT}/transcript",
        f"{CHAT}/offline", f"{CHAT}/files", f"{CHAT}/inboxes/{{inbox}}",
    }  # fmt: skip
    assert wanted <= set(paths)
    assert all(operation["description"] for path in wanted for operation in paths[path].values())
