"""The policy in the browser: edited, compared, played on a day, published, tried, and felt."""

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.office import ADMIN, ANNA, BORIS, NAMES, SUPERVISOR, Api, Office, open_office
from tests.e2e.pages import Pages, go_available, picture, shop_site, sign_in, take
from tests.services.ports import wait_for
from tests.services.server import running_server
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

CUSTOMER = "Helen Marsh"
FOUND = "What the check found"
RUN_WITHIN_MS = 180_000


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        for id_, name, minutes, value in (("silver", "Silver", 1, 2), ("gold", "Gold", 5, 6)):
            segment = {"name": name, "head_start_ms": minutes * 60_000, "value": value}
            opened.admin.send("PUT", f"/config/segment/{id_}", segment)
        yield opened


async def test_a_supervisor_edits_publishes_and_the_floor_follows(
    office: Office, pages: Pages, tmp_path: Path
):
    boss = await pages.open(office.url)
    await sign_in(boss, SUPERVISOR)
    await boss.get_by_role("link", name="Policy").click()
    await boss.get_by_role("button", name="Write it down").click()
    await _mends_a_fault(boss)
    await _moves_the_controls(boss)
    await _is_not_lost(boss)
    await _meets_somebody_faster(boss, office)
    await _sees_what_changes(boss)
    number = await _publishes(boss, office)
    _boris_serves_three(office)
    with shop_site(tmp_path / "shop", office.url) as shop:
        await _waits(await pages.open(shop), CUSTOMER)
        second = await pages.open(shop)
        await _waits(second, "Ida Lorenz")
        await _knows_the_wait(second)
        anna = await pages.open(office.url)
        await sign_in(anna, ANNA)
        await go_available(anna)
        await take(anna, CUSTOMER)
        await _sees_why(anna, number)


async def _mends_a_fault(boss: Page) -> None:
    """A fault is shown while it is typed, leads to its line, and goes away."""
    text = boss.get_by_role("textbox", name="Text of")
    await expect(text).to_contain_text("rule: warmline")
    await text.click()
    await boss.keyboard.press("Control+End")
    await boss.keyboard.type("sliderr: 5")
    found = boss.get_by_role("region", name=FOUND)
    await expect(found).to_contain_text("There is no key sliderr here. Did you mean slider?")
    await expect(boss.get_by_role("button", name="Publish…")).to_be_disabled()
    await picture(boss, "policy-fault")
    await found.get_by_role("button").click()
    await expect(text).to_be_focused()
    await boss.keyboard.press("Shift+End")
    await boss.keyboard.press("Delete")
    await expect(found).to_contain_text("nothing is wrong")


async def _moves_the_controls(boss: Page) -> None:
    """Each control writes its one line; the comments stay."""
    for name, value in (("Fair to best match, s", "1200"), ("Head start of Gold, min", "8")):
        box = boss.get_by_role("spinbutton", name=name)
        await box.fill(value)
        await box.press("Tab")
    text = boss.get_by_role("textbox", name="Text of")
    await expect(text).to_contain_text("fair_to_best: 1200 s")
    await expect(text).to_contain_text("# Fair or best match")
    await expect(boss.get_by_text("Not saved yet")).to_be_visible()


async def _is_not_lost(boss: Page) -> None:
    """Whoever leaves with something unsaved is asked first."""
    await boss.get_by_role("link", name="Floor").click()
    dialog = boss.get_by_role("dialog", name="Leave what is not saved?")
    await dialog.get_by_role("button", name="Stay here").click()
    await expect(dialog).to_be_hidden()
    await expect(boss.get_by_text("Not saved yet")).to_be_visible()


async def _meets_somebody_faster(boss: Page, office: Office) -> None:
    """The administrator saved the same draft meanwhile: nothing is lost without being asked."""
    id_ = boss.url.rpartition("/")[2]
    theirs = office.admin.send("GET", f"/policies/{id_}")
    body = {"name": "", "text": f"{theirs['text']}# Piotr was here.\n"}
    _put(office.admin, f"/policies/{id_}", body, tag=theirs["tag"])
    await boss.keyboard.press("Control+S")
    await expect(boss.get_by_text(f"{NAMES[ADMIN]} saved this draft meanwhile.")).to_be_visible()
    await boss.get_by_role("button", name="Show both").click()
    await expect(boss.get_by_role("region", name="Their text against yours")).to_contain_text(
        "# Piotr was here."
    )
    await picture(boss, "policy-conflict")
    await boss.get_by_role("button", name="Keep mine").click()
    await expect(boss.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible()
    kept = office.admin.send("GET", f"/policies/{id_}")["text"]
    assert "fair_to_best: 1200 s" in kept
    assert "Piotr" not in kept


def _put(api: Api, path: str, body: Any, *, tag: str) -> None:
    headers = {"X-CSRF-Token": api.http.cookies["warmline_csrf"], "If-Match": f'"{tag}"'}
    answer = api.http.put(path, json=body, headers=headers)
    assert answer.is_success, answer.text


async def _sees_what_changes(boss: Page) -> None:
    await boss.keyboard.press("Alt+C")
    words = boss.get_by_role("region", name="What changes, in words")
    await expect(words).to_contain_text(re.compile(r"fair to best match\s*10\smin\s*20\smin"))
    await expect(words).to_contain_text(re.compile(r"Gold, head start\s*5\smin\s*8\smin"))
    lines = boss.get_by_role("region", name="The two texts")
    await expect(lines).to_contain_text("head_start: 8 min")
    await picture(boss, "policy-changes")


async def _publishes(boss: Page, office: Office) -> int:
    """It is in force, under a name and with a reason; gives its number."""
    await boss.get_by_role("button", name="Publish…").click()
    dialog = boss.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Best match nearer")
    await dialog.get_by_label("Why").fill("Gold waited too long")
    await expect(dialog).to_contain_text("Gold, head start")
    await picture(boss, "policy-publish")
    await dialog.get_by_role("button", name="Publish", exact=True).click()
    await expect(boss.get_by_text("Best match nearer is in force.")).to_be_visible()
    with closing(office.signed_in(SUPERVISOR)) as api:
        standing = api.send("GET", "/policies")["in_force"]
        text = api.send("GET", f"/policies/{standing['id']}")["text"]
        policy = api.send("GET", "/config")["policy"]
    assert standing["name"] == "Best match nearer"
    assert 'comment: "Gold waited too long"' in text
    assert (policy["version"], policy["worth_ms"]) == (standing["number"], 1_200_000)
    await expect(boss.get_by_role("heading", name="Best match nearer")).to_be_visible()
    await picture(boss, "policy-in-force")
    return standing["number"]


def _boris_serves_three(office: Office) -> None:
    """Three who waited are served, so that the line has a pace; then he has coffee."""
    talks = [_writes(office, name) for name in ("Adam Rybak", "Olga Petrova", "Vera Kim")]
    with closing(office.signed_in(BORIS)) as boris:
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
        for talk in talks:
            offers = f"/interactions/{talk}/decisions"
            wait_for("the offer", lambda path=offers: boris.send("GET", path)["decisions"] != [])
            offer = boris.send("GET", offers)["decisions"][0]["offer"]
            boris.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
            boris.send("POST", "/commands/End", {"interaction": talk})
            done = {"interaction": talk, "disposition": "solved"}
            boris.send("POST", "/commands/WrapUp", done)
        away = {"agent": BORIS, "presence": "break", "reason": "coffee"}
        boris.send("POST", "/commands/SetPresence", away)


def _writes(office: Office, name: str) -> str:
    first = {"inbox": "shop-chat", "name": name, "language": "en", "text": "Where is my order?"}
    first["email"] = f"{name.partition(' ')[0].lower()}@mail.example"
    answer = httpx.post(f"{office.url}/api/v1/chat", json=first, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()["interaction"]


async def _waits(customer: Page, name: str) -> None:
    await customer.locator(".launcher").click()
    await customer.get_by_label("Your name").fill(name)
    await customer.get_by_label("E-mail").fill(f"{name.partition(' ')[0].lower()}@mail.example")
    await customer.get_by_label("Message").fill("The glass shade of my lamp is cracked.")
    await customer.get_by_role("button", name="Start the chat").click()
    await expect(customer.locator(".msg .text")).to_have_count(1)


async def _knows_the_wait(customer: Page) -> None:
    """Its place in the line, and how long it may take, as a range."""
    await expect(customer.get_by_text("You are number 2")).to_be_visible()
    await expect(customer.get_by_text(re.compile("1 person before you"))).to_be_visible()
    await expect(customer.get_by_text(re.compile("minute"))).to_be_visible()
    await picture(customer, "policy-widget-wait")


async def _sees_why(anna: Page, number: int) -> None:
    await anna.get_by_role("tab", name="Why").click()
    why = anna.get_by_role("article", name="Why")
    await expect(why.get_by_role("heading", name="Why this came to you")).to_be_visible()
    await why.get_by_text("How it was decided").click()
    await expect(why).to_contain_text(f"version {number}")
    await picture(anna, "policy-desk-why")


async def test_a_supervisor_tries_a_version_on_a_share_and_ends_it(office: Office, pages: Pages):
    boss = await pages.open(office.url)
    await sign_in(boss, SUPERVISOR)
    with closing(office.signed_in(SUPERVISOR)) as api:
        first = api.send("POST", "/policies", {"from": "live", "name": "As it was"})
        _publish(api, first)
        changes = {"fair_to_best_ms": 60_000}
        tried = api.send(
            "POST", "/policies", {"from": first["id"], "name": "Fairer", "changes": changes}
        )
        await boss.goto(f"{office.url}/policy/version/{tried['id']}")
        await boss.get_by_role("button", name="Try it on a share…").click()
        dialog = boss.get_by_role("dialog")
        await dialog.get_by_role("spinbutton", name="Share of the customers").fill("50")
        await dialog.get_by_role("spinbutton", name="Share of the customers").press("Tab")
        await picture(boss, "policy-trial-ask")
        await dialog.get_by_role("button", name="Start the trial").click()
        await expect(
            boss.get_by_text(re.compile(r"decides for 50\s% of the customers"))
        ).to_be_visible()
        assert api.send("GET", "/policies")["trial"]["share_pct"] == 50
        await boss.get_by_role("link", name="See the effect").first.click()
        effect = boss.get_by_role("region", name="Effect")
        await expect(effect.get_by_role("row", name=re.compile("Service level"))).to_be_visible()
        await expect(boss.get_by_text("Too early to say")).to_be_visible()
        await picture(boss, "policy-trial")
        end = boss.get_by_role("button", name="End the trial")
        await end.click()
        await boss.get_by_role("button", name="Sure?").click()
        wait_for("the end of it", lambda: api.send("GET", "/policies")["trial"] is None)
        await expect(end).to_be_hidden()


def _publish(api: Api, version: Any) -> None:
    headers = {"X-CSRF-Token": api.http.cookies["warmline_csrf"], "If-Match": f'"{version["tag"]}"'}
    answer = api.http.post(f"/policies/{version['id']}/publish", headers=headers)
    assert answer.is_success, answer.text


async def test_what_if_two_more_people_came_on_a_day_that_was(pages: Pages, tmp_path: Path):
    options = ("--weeks", "1")
    with running_server(tmp_path / "demo", command="demo", options=options) as demo:
        boss = await pages.open(demo.url)
        api = Api(demo.url)
        with closing(api):
            await _sits_down(boss, api, demo.url)
            await boss.goto(f"{demo.url}/policy/what-if")
            box = boss.get_by_role("spinbutton", name="Fair to best match, s")
            await box.fill("1500")
            await box.press("Tab")
            await boss.get_by_role("button", name="People more or fewer").click()
            await boss.get_by_role("spinbutton", name="How many").fill("2")
            await boss.get_by_role("textbox", name="Name").fill("Two more, best match nearer")
            await expect(boss.get_by_text("2 things moved")).to_be_visible()
            await picture(boss, "what-if-ask")
            await boss.get_by_role("button", name="Run it").click()
            await expect(boss.get_by_role("progressbar")).to_be_visible()
            await picture(boss, "what-if-runs")
            changes = boss.get_by_role("region", name="What changes")
            await expect(changes).to_be_visible(timeout=RUN_WITHIN_MS)
            await expect(
                changes.get_by_role("row", name=re.compile("Service level"))
            ).to_be_visible()
            await expect(
                boss.get_by_role("img", name=re.compile("Service level through"))
            ).to_be_visible()
            await picture(boss, "what-if-result")
            await boss.get_by_role("button", name="Publish from here…").click()
            words = boss.get_by_role("region", name="What changes, in words")
            await expect(words).to_contain_text(re.compile(r"10\smin\s*25\smin"))
            await expect(boss.get_by_role("button", name="Publish…")).to_be_enabled()
            await picture(boss, "what-if-publish")
            assert api.send("GET", "/what-if/runs")["runs"][0]["state"] == "done"


async def _sits_down(boss: Page, api: Api, url: str) -> None:
    """In the supervisor's chair of the demonstration, in English."""
    api.send("POST", "/demo/sit", {"chair": "marek"})
    api.send("PUT", "/me", {"locale": "en"})
    await boss.context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": url} for one in api.http.cookies.jar]
    )
