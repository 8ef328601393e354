"""The forms of the settings: what they show can be changed, what they do not show stays as it was."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.office import ADMIN, ANNA, BORIS, NAMES, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

AGENT: dict[str, Any] = {
    "team": "shop",
    "skills": {"en": 5, "lamps": 2},
    "capacity": {
        "slots": {"chat": 4, "email": 3, "voice": 1, "callback": 1},
        "total": 6,
        "weights": {"voice": 6, "callback": 5, "email": 2},
    },
    "scores": {"quality": {"value": 0.9, "n": 40, "low": 0.85, "high": 0.95, "source": "computed"}},
    "groups": {"age_band": "30s", "region": "north"},
}
RING: dict[str, Any] = {
    "needs": [{"skill": "lamps", "level": 2}],
    "any_of": [{"skill": "en", "level": 3}, {"skill": "pl", "level": 1}],
    "agents": [ANNA],
    "language_level": 2,
}
WORDS = {"closed": {"en": "Back at nine.", "de": "Um neun."}, "busy": {"en": "All are talking."}}
QUEUE: dict[str, Any] = {
    "rings": [RING, {"language_level": 0, "after_ms": 45_000}],
    "calendar": "always",
    "overflow_to": "returns",
    "overflow_waiting": 12,
    "words": WORDS,
}
TARGET = {"within_ms": 30_000, "share_pct": 90, "in_business_hours": True}
AFFINITY = {"trait": "age_band", "bonus_ms": 5_000, "reason": "A pilot that the works council saw."}


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        send = opened.admin.send
        send("PUT", "/config/skill/lamps", {"name": "Lamps"})
        send("PUT", f"/config/agent/{ANNA}", AGENT)
        send("PUT", "/config/queue/orders", {"name": "Orders", **QUEUE})
        gold = {"name": "Gold", "head_start_ms": 90_000, "value": 4, "target": TARGET}
        send("PUT", "/config/segment/gold", gold)
        yield opened


async def settings_of(office: Office, pages: Pages, login: str = ADMIN) -> Page:
    page = await pages.open(office.url)
    await page.locator("[autocomplete=username]").fill(login)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    return page


def stored(office: Office, shelf: str, id_: str) -> dict[str, Any]:
    config = office.admin.send("GET", "/config")
    return next(one for one in config[shelf] if one["id"] == id_)


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved", exact=True).first).to_be_visible()


def user_of(office: Office, login: str) -> str:
    users = office.admin.send("GET", "/users")["users"]
    return next(one["id"] for one in users if one["login"] == login)


async def test_a_person_keeps_scores_weights_and_groups_when_something_else_is_saved(
    office: Office, pages: Pages
):
    before = stored(office, "agents", ANNA)
    page = await settings_of(office, pages)
    await page.goto(f"{office.url}/settings/users/{user_of(office, ANNA)}")
    await expect(page.get_by_label("age_band")).to_have_count(0)
    await page.get_by_text("Is still learning").click()
    await page.get_by_label("E-mail: Weight of one").fill("3")
    await page.get_by_label("In all").scroll_into_view_if_needed()
    await picture(page, "form-person")
    await save(page)
    weights = {**before["capacity"]["weights"], "email": 3}
    capacity = {**before["capacity"], "weights": weights}
    changed = {**before, "in_training": True, "capacity": capacity}
    assert stored(office, "agents", ANNA) == changed


async def test_groups_are_asked_for_only_where_a_rule_compares_them(office: Office, pages: Pages):
    policy = office.admin.send("GET", "/config")["policy"]
    ruled = {**policy, "version": policy["version"] + 1, "affinities": [AFFINITY]}
    office.admin.send("PUT", "/config/policy", ruled)
    before = stored(office, "agents", ANNA)
    page = await settings_of(office, pages)
    await page.goto(f"{office.url}/settings/users/{user_of(office, ANNA)}")
    await expect(page.get_by_label("age_band")).to_have_value("30s")
    await page.get_by_label("age_band").fill("40s")
    await save(page)
    groups = {"age_band": "40s", "region": "north"}
    assert stored(office, "agents", ANNA) == {**before, "groups": groups}


async def test_a_queue_keeps_its_rules_and_gets_words_and_people(office: Office, pages: Pages):
    before = stored(office, "queues", "orders")
    page = await settings_of(office, pages)
    await page.goto(f"{office.url}/settings/queues/orders")
    busy = page.get_by_role("group", name="While everybody is busy")
    await busy.get_by_label("Русский").fill("Все заняты, скоро ответим.")
    first = page.get_by_role("listitem").filter(has_text="everybody").first
    await first.get_by_role("button", name="Name people").click()
    await first.get_by_role("combobox", name="Name people").fill("Борис")
    await page.get_by_role("option", name=NAMES[BORIS]).click()
    await picture(page, "form-queue")
    await busy.scroll_into_view_if_needed()
    await picture(page, "form-queue-words")
    await save(page)
    rings = [{**before["rings"][0], "agents": [ANNA, BORIS]}, *before["rings"][1:]]
    words = {**WORDS, "busy": {**WORDS["busy"], "ru": "Все заняты, скоро ответим."}}
    assert stored(office, "queues", "orders") == {**before, "rings": rings, "words": words}


async def test_a_segment_has_a_target_of_its_own(office: Office, pages: Pages):
    before = stored(office, "segments", "gold")
    page = await settings_of(office, pages)
    await page.goto(f"{office.url}/settings/segments/gold")
    await page.get_by_label("Within", exact=True).fill("45")
    await page.get_by_label("Within", exact=True).press("Tab")
    await picture(page, "form-segment")
    await save(page)
    changed = {**before, "target": {**TARGET, "within_ms": 45_000}}
    assert stored(office, "segments", "gold") == changed


async def test_the_policy_is_edited_in_one_place(office: Office, pages: Pages):
    page = await settings_of(office, pages)
    await page.goto(f"{office.url}/settings/policy")
    await page.get_by_role("link", name="Open the policy").click()
    await expect(page).to_have_url(f"{office.url}/policy")


async def test_a_supervisor_names_a_customers_own_contact(office: Office, pages: Pages):
    start = {"inbox": "shop-chat", "name": "Ewa Lis", "email": "ewa@mail.example", "text": "Hello"}
    async with httpx.AsyncClient(base_url=f"{office.url}/api/v1", timeout=20) as customer:
        talk = (await customer.post("/chat", json=start)).json()["interaction"]
    page = await settings_of(office, pages, SUPERVISOR)
    await page.goto(f"{office.url}/conversations/{talk}")
    contact = page.get_by_role("combobox", name="Own contact")
    await contact.fill("Борис")
    await page.get_by_role("option", name=NAMES[BORIS]).click()
    await expect(page.get_by_text("The customer’s own contact is kept.").first).to_be_visible()
    await expect(contact).to_have_value(NAMES[BORIS])
    await picture(page, "own-contact")
    with closing(office.signed_in(SUPERVISOR)) as boss:
        [ewa] = boss.send("GET", "/customers?q=ewa@")["customers"]
        assert boss.send("GET", f"/customers/{ewa['id']}")["owner_agent"] == BORIS
