"""In the browser: a bad answer becomes a case, somebody makes it good, and the customer is asked again."""

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.e2e.office import BORIS, NAMES, PASSWORD, SUPERVISOR, Office, open_office
from tests.e2e.pages import Pages, picture, shop_site
from tests.services.ports import wait_for
from tests.services.smtp_sink import SmtpSink

pytestmark = pytest.mark.e2e

HELEN, EMAIL = "Helen Marsh", "helen.marsh@mail.example"
BAD = "The shade came broken twice."
LETTER = "We are sorry. A new shade leaves today."
LINK = re.compile(r"http://\S+/s/[\w-]+")
CHAT = {
    "en": ("Your name", "E-mail", "Message", "Start the chat"),
    "ru": ("Ваше имя", "Эл. почта", "Сообщение", "Начать чат"),
}
SURVEY = {
    "en": ("How was it?", "They understood what I need", "What should we know?", "Send"),
    "ru": ("Как всё прошло?", "Меня поняли", "Что нам важно знать?", "Отправить"),
}
WORDS = {
    "en": {
        "owner": "Owner", "mine": "My cases", "give": "Make a gesture", "cost": "Cost", "gift": "Give",
        "outcome": "Outcome", "cause": "Cause",
        "good": "Made good", "faulty": "Faulty goods", "close": "Close the case",
        "rate": "Loop closed", "won": "Won back", "due": "Due", "loop": "Closing the loop",
        "mail": "By mail", "letter": "Mail to the customer", "send": "Send the mail",
        "today": "Felt today",
    },
    "ru": {
        "owner": "Ответственный", "mine": "Мои кейсы", "give": "Сделать знак внимания", "cost": "Стоимость",
        "gift": "Подарить", "outcome": "Итог",
        "cause": "Причина", "good": "Возместили", "faulty": "Брак", "close": "Закрыть кейс",
        "rate": "Закрытые кейсы", "won": "Вернули доверие", "due": "Срок",
        "loop": "Работа с негативом", "mail": "Письмом", "letter": "Письмо клиенту",
        "send": "Отправить письмо", "today": "Сегодня у клиентов",
    },
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path, smtp_sink: SmtpSink) -> Generator[Office]:
    with open_office(tmp_path, smtp_sink) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_bad_answer_is_made_good_and_the_closure_rate_moves(
    office: Office, browser: Browser, tmp_path: Path, language: str
):
    pages = Pages(browser)
    words = WORDS[language]
    _is_led(office)
    boss = await _enter(pages, office, SUPERVISOR, language)
    await boss.goto(f"{office.url}/floor")
    loop = boss.get_by_role("region", name=words["loop"])
    await expect(loop.locator("[data-figure=closed_loop_pct]")).to_contain_text("–")
    with shop_site(tmp_path / "shop", office.url, locale=language) as shop:
        customer = await pages.open(shop)
        await _is_let_down(office, customer, language)
    await expect(loop.locator("[data-figure=closed_loop_pct]")).to_contain_text("0")
    await _is_felt_today(boss, words)
    await picture(boss, f"loop-opened-{language}")

    await loop.get_by_role("button", name=words["rate"]).click()
    await boss.get_by_role("dialog").get_by_role("listitem").get_by_role("link").click()
    case = boss.get_by_role("article")
    await expect(case.get_by_role("combobox", name=words["owner"])).to_contain_text(
        NAMES[SUPERVISOR]
    )
    await expect(case).to_contain_text(words["due"])
    await expect(case).to_contain_text(BAD)
    await picture(boss, f"case-{language}")
    await case.get_by_role("combobox", name=words["owner"]).click()
    await boss.get_by_role("option", name=NAMES[BORIS]).click()
    await expect(case.get_by_role("combobox", name=words["owner"])).to_contain_text(NAMES[BORIS])

    agent = await _enter(pages, office, BORIS, language)
    await _makes_good(office, agent, words, language)
    _agrees_to_be_asked(office)
    await agent.get_by_role("button", name=words["close"]).click()
    await expect(agent.get_by_role("button", name=words["close"])).to_be_hidden()

    await boss.goto(f"{office.url}/floor")
    await expect(loop.locator("[data-figure=closed_loop_pct]")).to_contain_text("100")
    await _is_asked_again(office, pages, language)
    await expect(loop.locator("[data-figure=won_back_pct]")).to_contain_text("100")
    await picture(boss, f"loop-closed-{language}")
    assert pages.broken == []


async def _is_felt_today(boss: Page, words: dict[str, str]) -> None:
    """The floor says what was answered today, and opens the answer."""
    await boss.reload()
    today = boss.get_by_role("region", name=words["today"])
    await today.locator("[data-felt=csat_pct]").get_by_role("button").click()
    sheet = boss.get_by_role("dialog")
    await expect(sheet).to_contain_text(BAD)
    await boss.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()


def _is_led(office: Office) -> None:
    """Marek leads the team in which Boris works."""
    users = office.admin.send("GET", "/users")["users"]
    marek = next(one["id"] for one in users if one["login"] == SUPERVISOR)
    rules = office.admin.send("GET", "/case-rules")
    rules.pop("currency")
    office.admin.send("PUT", "/case-rules", {**rules, "leaders": {"shop": marek}})


async def _enter(pages: Pages, office: Office, login: str, language: str) -> Page:
    with closing(office.signed_in(login)) as api:
        api.send("PUT", "/me", {"locale": language})
    page = await pages.open(office.url, locale="ru-RU" if language == "ru" else "en-GB")
    await page.locator("[autocomplete=username]").fill(login)
    await page.locator("[autocomplete=current-password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("header nav")).to_be_visible()
    return page


async def _is_let_down(office: Office, customer: Page, language: str) -> None:
    """Helen writes, Boris ends the talk, and she says in the widget how it was."""
    name, mail, message, start = CHAT[language]
    with closing(office.signed_in(BORIS)) as boris:
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "available"})
        await customer.locator(".launcher").click()
        await customer.get_by_label(name).fill(HELEN)
        await customer.get_by_label(mail).fill(EMAIL)
        await customer.get_by_label(message).fill("Broken again.")
        await customer.get_by_role("button", name=start).click()
        await expect(customer.locator(".msg .text")).to_have_text(["Broken again."])
        talk = boris.send("GET", "/interactions")["interactions"][0]["interaction"]
        path = f"/interactions/{talk}/decisions"
        wait_for("the offer", lambda: boris.send("GET", path)["decisions"] != [])
        offer = boris.send("GET", path)["decisions"][0]["offer"]
        boris.send("POST", "/commands/Accept", {"interaction": talk, "offer": offer})
        boris.send("POST", f"/conversations/{talk}/messages", {"text": "That happens."})
        boris.send("POST", "/commands/End", {"interaction": talk})
        boris.send("POST", "/commands/WrapUp", {"interaction": talk, "disposition": "solved"})
        boris.send("POST", "/commands/SetPresence", {"agent": BORIS, "presence": "offline"})
    survey = customer.frame_locator("iframe.survey")
    await _answers(survey, language, score="1", feeling="2", why=BAD)
    await picture(customer, f"loop-survey-{language}")


async def _answers(
    page: Page | FrameLocator, language: str, *, score: str, feeling: str, why: str | None = None
) -> None:
    how, understood, what, send = SURVEY[language]
    for question, value in ((how, score), (understood, feeling)):
        group = page.get_by_role("group", name=question)
        await group.get_by_role("radio", name=value, exact=True).check()
    if why is not None:
        await page.get_by_label(what).fill(why)
    await page.get_by_role("button", name=send).click()
    await expect(page.get_by_role("status")).to_be_visible()


async def _makes_good(office: Office, agent: Page, words: dict[str, str], language: str) -> None:
    """Boris finds the case in his day, gives something for it, answers, and says what it was."""
    await agent.goto(f"{office.url}/my-day")
    mine = agent.get_by_role("region", name=words["mine"]).get_by_role("listitem")
    await expect(mine).to_contain_text(BAD)
    await picture(agent, f"my-day-{language}")
    await mine.get_by_role("link").click()
    await agent.get_by_role("button", name=words["give"]).click()
    sheet = agent.get_by_role("dialog", name=words["give"])
    await sheet.get_by_label(words["cost"]).fill("5")
    await sheet.get_by_role("button", name=words["gift"], exact=True).click()
    await expect(agent.get_by_role("article").get_by_text("€", exact=False)).to_be_visible()
    await agent.get_by_role("radio", name=words["mail"]).click()
    await agent.get_by_label(words["letter"]).fill(LETTER)
    await agent.get_by_role("button", name=words["send"]).click()
    await expect(agent.get_by_role("article").locator("blockquote").last).to_contain_text(LETTER)
    # Kept: how it was done is no longer asked.
    await expect(agent.get_by_role("article").get_by_role("radio")).to_have_count(0)
    for field, choice in (("outcome", "good"), ("cause", "faulty")):
        await agent.get_by_label(words[field]).click()
        await agent.get_by_role("option", name=words[choice]).click()
        await expect(agent.get_by_label(words[field])).to_contain_text(words[choice])
    await picture(agent, f"case-closing-{language}")


def _agrees_to_be_asked(office: Office) -> None:
    """Without her consent no mail with a survey would leave."""
    with closing(office.signed_in(SUPERVISOR)) as boss:
        who = boss.send("GET", "/cases")["cases"][0]["customer"]
        agreed = {"purpose": "survey", "channel": "email", "given": True, "source": "phone", "proof": "said so"}  # fmt: skip
        boss.send("POST", f"/customers/{who}/consents", agreed)


async def _is_asked_again(office: Office, pages: Pages, language: str) -> None:
    """The mail has a link; the page behind it needs nothing else."""
    [written, asking] = office.sink.wait_for_mails(2)
    assert written.recipients == (EMAIL,)
    plain = written.message.get_body(("plain",))
    assert plain is not None
    assert LETTER in plain.get_content()
    body = asking.message.get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    assert found is not None
    page = await pages.open(found[0], locale="ru-RU" if language == "ru" else "en-GB", width=360)
    await _answers(page, language, score="5", feeling="5")
