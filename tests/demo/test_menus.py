"""The flow that the shop shows as a draft could be run as it stands."""

from warmline.core.center import step
from warmline.core.state import Center
from warmline.demo import menus, shop
from warmline.flows.document import read
from warmline.flows.model import Doors


def test_the_draft_names_what_the_shop_has_and_has_no_dead_end():
    center = Center()
    for command in shop.commands():
        step(center, command, 1_781_000_000_000)
    doors = Doors(
        queues=frozenset(center.queues),
        calendars=frozenset(center.calendars),
        inboxes={id_: inbox.medium for id_, inbox in center.inboxes.items()},
    )
    found = read(menus.TEXT, doors=doors)
    assert list(found.problems) == []
    assert found.flow is not None
