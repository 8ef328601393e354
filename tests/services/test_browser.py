from tests.services.browser import running_browser_sync

PAGE = "<title>Hello</title><button onclick=\"this.textContent = 'pressed'\">press</button>"


async def test_a_button_can_be_pressed(browser):
    page = await browser.new_page()
    await page.set_content(PAGE)
    await page.get_by_role("button").click()
    assert await page.get_by_role("button").text_content() == "pressed"


def test_the_same_works_without_an_event_loop():
    with running_browser_sync() as browser:
        page = browser.new_page()
        page.set_content(PAGE)
        assert page.title() == "Hello"
