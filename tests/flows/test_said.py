"""What a flow says, by the names under which it can be recorded."""

from warmline.flows.document import read
from warmline.flows.said import said

TEXT = """\
flow: shop
name: Shop
media: [voice]
inboxes: []
languages: [en, pl]
start: hello
fallback: anybody
steps:
  hello:
    recording: {en: jingle}
    words: {en: Welcome., pl: Witamy.}
    next: what
  what:
    menu: {en: Press 1., pl: "Naciśnij 1."}
    sorry: {en: Sorry., pl: Przepraszam.}
    choices:
      1: {next: order}
    otherwise: anybody
  order:
    collect: order
    words: {en: Your order., pl: Numer.}
    least: 2
    most: 4
    confirm: {en: "{order}?", pl: "{order}?"}
    next: told
    otherwise: anybody
  told:
    say: {en: "Order {order}.", pl: "Zamówienie {order}."}
    next: anybody
  anybody: {queue: by reason}
"""


def test_words_are_listed_by_name_but_for_those_with_a_customers_own_values():
    found = read(TEXT).drawn
    assert found is not None
    told = said([found])
    assert set(told) == {"jingle", "shop-hello", "shop-what", "shop-what-sorry", "shop-order"}
    assert told["shop-what-sorry"]["pl"] == "Przepraszam."


def test_what_callers_do_not_hear_is_not_listed():
    found = read(TEXT.replace("[voice]", "[chat]")).drawn
    assert found is not None
    assert said([found]) == {}
