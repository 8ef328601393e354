"""Every screen, light and dark, in three languages: nothing breaks, axe finds nothing serious."""

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.office import ADMIN, ANNA, BORIS, PASSWORD, SUPERVISOR, Api, Office, open_office
from tests.e2e.pages import Pages, go, picture, settled
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

SERIOUS = frozenset({"serious", "critical"})
AXE = Axe().axe_script
# What it finds in order is long, and takes as long to come over as to be found.
VIOLATIONS = 'axe.run({resultTypes: ["violations"]}).then((found) => found.violations)'
SETTINGS = (
    "users", "teams", "skills", "queues", "hours", "segments", "policy", "inboxes", "mailboxes",
    "dispositions", "reasons", "canned", "audit", "reveals", "scores", "ignored", "calls", "keys", "erasure",
    "contact", "retention", "standards",
)  # fmt: skip
LOOKS = (("en-GB", False, 1280), ("ru-RU", True, 1920), ("pl-PL", False, 1440))
"""Each language once, light and dark, and the widths that people sit at."""


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        _two_chats(opened)
        yield opened


def _two_chats(office: Office) -> None:
    """One customer talks with Boris, another waits."""
    with closing(office.signed_in(BORIS)) as boris:
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
        talk = _chat(office, "Helen Marsh", "The glass shade is cracked right across.")
        wait_for("the offer to Boris", lambda: _decisions(boris, talk) != [])
        offer = _decisions(boris, talk)[0]["offer"]
        boris.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
        boris.send("POST", f"/conversations/{talk}/messages", {"text": "A new one leaves today."})
        boris.send("POST", f"/conversations/{talk}/notes", {"text": "Third one this week."})
        away = {"agent": BORIS, "presence": "break", "reason": "coffee"}
        boris.send("POST", "/commands/SetPresence", away)
    _chat(office, "Вера Ильина", "Где мой заказ 48213?")


def _decisions(api: Api, talk: str) -> list[dict[str, str]]:
    return api.send("GET", f"/interactions/{talk}/decisions")["decisions"]


def _chat(office: Office, name: str, text: str) -> str:
    first = {"inbox": "shop-chat", "name": name, "email": f"{len(name)}@mail.example", "text": text}
    answer = httpx.post(f"{office.url}/api/v1/chat", json=first, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()["interaction"]


async def _enter(page: Page, office: Office, login: str, *, language: str = "en") -> None:
    """Sign in whatever the language: the fields are found by what browsers fill in."""
    with closing(office.signed_in(login)) as api:
        api.send("PUT", "/me", {"locale": language})
    await page.locator("[autocomplete=username]").fill(login)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()


async def _look(page: Page, path: str, name: str) -> Sequence[str]:
    """Go there, take a picture, and say what axe holds against it."""
    await go(page, path)
    await expect(page.locator("main")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", name[:2])
    await settled(page)
    await picture(page, name)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    return [
        f"{name}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in await page.evaluate(VIOLATIONS)
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(("locale", "dark", "width"), LOOKS)
async def test_no_screen_breaks_or_shuts_anybody_out(
    office: Office, pages: Pages, locale: str, *, dark: bool, width: int
):
    look = f"{locale[:2]}-{'dark' if dark else 'light'}"
    with closing(office.signed_in(SUPERVISOR)) as boss:
        first = boss.send("GET", "/interactions?medium=chat")["interactions"][-1]
        talk, who = first["interaction"], first["customer"]
    shut: list[str] = []
    agent = await pages.open(office.url, width=width, locale=locale, dark=dark)
    shut += await _look(agent, f"{office.url}/", f"{look}-sign-in")
    await _enter(agent, office, ANNA, language=locale[:2])
    shut += await _look(agent, f"{office.url}/desk", f"{look}-desk")
    shut += await _look(agent, f"{office.url}/my-day", f"{look}-my-day")
    boss_page = await pages.open(office.url, width=width, locale=locale, dark=dark)
    await _enter(boss_page, office, SUPERVISOR, language=locale[:2])
    for path in (
        "/floor",
        "/fairness",
        "/wallboard",
        "/benchmark",
        "/guidance",
        "/conversations",
        f"/conversations/{talk}",
        "/search",
        "/customers",
        "/customers/segments",
        "/knowledge/contradictions",
        "/offers",
        "/offers/courtesy",
        f"/customers/{who}",
        "/experience/feedback",
        "/experience/feedback/scores",
        "/experience/loyalty",
        "/flows",
    ):
        name = path.strip("/").split("/")
        shut += await _look(boss_page, office.url + path, f"{look}-{name[0]}{len(name)}")
    for path, name in (("", "cases"), ("/rules", "case-rules")):
        shut += await _look(boss_page, f"{office.url}/experience/cases{path}", f"{look}-{name}")
    shut += await _look(boss_page, f"{office.url}/experience/surveys", f"{look}-surveys")
    lamps = {"names": {"en": "Lamps", "ru": "Лампы"}, "examples": ["My lamp is broken"]}
    office.admin.send("PUT", "/topics/lamps", lamps)
    for path, name in (("", "topics"), ("/lamps", "topic"), ("/new", "new-topic")):
        shut += await _look(boss_page, f"{office.url}/experience/topics{path}", f"{look}-{name}")
    _an_article(office)
    for path, name in (
        ("", "articles"), ("/new", "new-article"), ("/import", "import-articles"),
        ("/articles/lamps", "article"), ("/articles/lamps/en/2", "writing"),
    ):  # fmt: skip
        shut += await _look(boss_page, f"{office.url}/knowledge{path}", f"{look}-{name}")
    for path, name in ((locale[:2], "help"), (f"{locale[:2]}/lamps", "answer")):
        shut += await _look(boss_page, f"{office.url}/help/{path}", f"{look}-{name}")
    _one_person_twice(office)
    shut += await _look(boss_page, f"{office.url}/customers/duplicates", f"{look}-duplicates")
    for place, name in _policy_pages(office):
        shut += await _look(boss_page, f"{office.url}/policy{place}", f"{look}-policy-{name}")
    admin = await pages.open(office.url, width=width, locale=locale, dark=dark)
    await _enter(admin, office, ADMIN, language=locale[:2])
    shut += await _look(admin, f"{office.url}/settings", f"{look}-settings")
    for section in SETTINGS:
        shut += await _look(admin, f"{office.url}/settings/{section}", f"{look}-{section}")
    shut += await _look(admin, f"{office.url}/settings/queues/orders", f"{look}-queue")
    shut += await _look(admin, f"{office.url}/settings/hours/always", f"{look}-calendar")
    shut += await _look(admin, f"{office.url}/settings/inboxes/shop-chat", f"{look}-inbox")
    vip = {"kind": "yes_no", "labels": {"en": "Invited", "ru": "Приглашение"}}
    office.admin.send("PUT", "/fields/invited", vip)
    shut += await _look(admin, f"{office.url}/customers/fields", f"{look}-fields")
    shut += await _look(admin, f"{office.url}/customers/identity", f"{look}-identity")
    shut += await _look(admin, f"{office.url}/customers/import", f"{look}-import")
    shut += await _look(
        admin, f"{office.url}/customers/import/{_import(office)}", f"{look}-import1"
    )
    with closing(office.signed_in(ADMIN)) as api:
        anna = next(one for one in api.send("GET", "/users")["users"] if one["login"] == ANNA)
    shut += await _look(admin, f"{office.url}/settings/users/{anna['id']}", f"{look}-person")
    assert shut == []


def _an_article(office: Office) -> None:
    """A published article in three languages, and a draft of a newer version."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        if boss.send("GET", "/articles")["articles"]:
            return
        body = (
            "Any **E27** bulb fits.\n\n## Sizes\n\n| lamp | watt |\n| --- | --- |\n| Heron | 60 |"
        )
        texts = [
            {"language": one, "title": f"Lamps ({one})", "body": body} for one in ("en", "ru", "pl")
        ]
        boss.send("POST", "/articles", {"id": "lamps", "audience": "customer", "text": texts[0]})
        for text in texts[1:]:
            boss.send("POST", "/articles/lamps/versions", text)
        for text in texts:
            path = f"/articles/lamps/versions/{text['language']}/1/state"
            boss.send("POST", path, {"state": "published"})
        boss.send("POST", "/articles/lamps/versions", {**texts[0], "title": "Lamps and bulbs"})


def _one_person_twice(office: Office) -> None:
    """Two records that may be one person, found by the search for duplicates."""
    with closing(office.signed_in(ADMIN)) as api:
        for number, name in (("K-1", "Ewa Zielińska"), ("K-2", "E. Zielinska")):
            api.send("PUT", f"/customers/{number}", {"name": name, "phone": "+48501234567"})
        wait_for("the first search", lambda: not api.send("GET", "/duplicates/search")["running"])
        api.send("POST", "/duplicates/search", {})
        wait_for("a suggestion", lambda: api.send("GET", "/duplicates")["total"] == 1)


def _import(office: Office) -> str:
    """A file of orders that somebody brought, one of its rows wrong."""
    with closing(office.signed_in(ADMIN)) as api:
        answer = api.http.post(
            "/imports",
            params={"kind": "orders", "name": "orders.csv"},
            content="id,customer,date,total\n1,7,2026-01-31,5\n2,7,yesterday,5\n",
            headers={"X-CSRF-Token": api.http.cookies["warmline_csrf"]},
        )
        assert answer.is_success, answer.text
        return answer.json()["id"]


def _policy_pages(office: Office) -> list[tuple[str, str]]:
    """Pages of the policy: before anything is written, a draft, its changes, a fault, what-if."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        live = boss.send("GET", "/policies/live")["text"]
        text = live.replace("fair_to_best: 600 s", "fair_to_best: 900 s")
        draft = boss.send("POST", "/policies", {"name": "Nearer", "text": text})["id"]
        fault = {"name": "Wrong", "text": f"{text}sliderr: 5\n"}
        wrong = boss.send("POST", "/policies", fault)["id"]
    version = f"/version/{draft}"
    return [
        ("", "fresh"), (version, "draft"), (f"{version}?view=changes", "changes"),
        (f"/version/{wrong}", "fault"), ("/what-if", "what-if"),
    ]  # fmt: skip


async def test_a_supervisor_sees_who_waits_and_opens_the_rows_behind_a_number(
    office: Office, pages: Pages
):
    boss = await pages.open(office.url)
    await _enter(boss, office, SUPERVISOR)
    await expect(boss).to_have_url(f"{office.url}/floor")
    people = boss.get_by_role("table", name="People")
    await expect(people.get_by_text("Борис Титов")).to_be_visible()
    await expect(people.get_by_text("Coffee")).to_be_visible()
    await picture(boss, "floor")


async def test_every_number_opens_what_it_counts(office: Office, pages: Pages):
    boss = await pages.open(office.url)
    await _enter(boss, office, SUPERVISOR)
    tiles = boss.get_by_role("region", name="Floor")
    people = boss.get_by_role("table", name="People")
    await tiles.get_by_role("button", name="1 busy").click()
    await expect(boss.get_by_text("busy: 1")).to_be_visible()
    await expect(people.get_by_text("Борис Титов")).to_be_visible()
    await tiles.get_by_role("button", name="0 free").click()
    await expect(people.get_by_text("Борис Титов")).to_be_hidden()
    for number, rows in (("1 answered", "1 row"), ("of 2", "2 rows")):
        await tiles.get_by_role("button", name=number).click()
        drawer = boss.get_by_role("dialog")
        await expect(drawer.get_by_role("status")).to_have_text(rows)
        await boss.keyboard.press("Escape")
        await expect(drawer).to_be_hidden()


async def test_scores_are_looked_at_before_they_are_imported(office: Office, pages: Pages):
    admin = await pages.open(office.url)
    await _enter(admin, office, ADMIN)
    await admin.goto(f"{office.url}/settings/scores")
    sheet = "agent,trait,value,n,low,high\nanna,quality,0.93,120,0.9,0.95\nnobody,sales,0.5,,,\n"
    file = FilePayload(name="scores.csv", mimeType="text/csv", buffer=sheet.encode())
    await admin.locator("input[type=file]").set_input_files(files=[file])
    await expect(admin.get_by_text("There is no agent with this id.")).to_be_visible()
    row = admin.get_by_role("table", name="Agent scores").get_by_role("row", name="Anna Kowal")
    await expect(row).not_to_contain_text("0.93")
    await picture(admin, "scores")
    await admin.get_by_role("button", name="Import 1 row").click()
    await expect(row).to_contain_text("0.93 (0.90–0.95)")


async def test_a_customer_is_erased_after_two_questions(office: Office, pages: Pages):
    first = {"inbox": "shop-chat", "name": "Adela Wrona", "email": "adela@mail.example"}
    async with httpx.AsyncClient(base_url=f"{office.url}/api/v1", timeout=20) as customer:
        begun = (await customer.post("/chat", json={**first, "text": "Forget my armchair"})).json()
    admin = await pages.open(office.url)
    await _enter(admin, office, ADMIN)
    await admin.goto(f"{office.url}/settings/erasure")
    await admin.get_by_role("searchbox").last.fill("adela@")
    await admin.get_by_role("button", name="A··· W···").click()
    await expect(admin.get_by_text("1 conversation is open. End it first.")).to_be_visible()
    await expect(admin.get_by_role("button", name="Erase this customer")).to_be_disabled()
    async with httpx.AsyncClient(base_url=f"{office.url}/api/v1", timeout=20) as customer:
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        assert (await customer.post("/chat/end", headers=bearer)).is_success
    await admin.get_by_role("button", name="Cancel").click()
    await admin.get_by_role("button", name="A··· W···").click()
    await admin.get_by_role("button", name="Erase this customer").click()
    await picture(admin, "erasure")
    sure = admin.get_by_role("dialog").get_by_role("button").last
    await expect(sure).to_have_text("Erase for good")
    said = f"/conversations/{begun['interaction']}/messages"
    with closing(office.signed_in(SUPERVISOR)) as boss:
        await sure.click()
        assert boss.send("GET", said)["messages"] != []
        await sure.click()
        await expect(
            admin.get_by_text("Erased. The audit log has a row of it.").first
        ).to_be_visible()
        assert boss.send("GET", said)["messages"] == []
        assert boss.send("GET", "/interactions?q=armchair")["interactions"] == []
