"""A page that reads nothing does not hold up the others, and is let go."""

from warmline.channels.webrtc.pages import ELSEWHERE, TOO_SLOW, WAITING_FRAMES, Page


async def test_a_page_that_reads_nothing_is_cut_off():
    page = Page(key="window-1")
    for _ in range(WAITING_FRAMES):
        page.tell({"type": "pong"})
    assert page.code is None
    page.tell({"type": "pong"})
    assert (page.code, page.cut.is_set()) == (TOO_SLOW, True)


async def test_what_was_said_before_the_end_is_still_sent():
    page = Page(key="window-1")
    page.tell({"type": "ended"})
    page.cut_off(ELSEWHERE)
    page.cut_off(TOO_SLOW)
    assert page.code == ELSEWHERE
    assert not page.cut.is_set()
    assert await page.next() == {"type": "ended"}
    assert await page.next() is None
