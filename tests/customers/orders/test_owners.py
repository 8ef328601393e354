"""Whose a shop's own number is when several customers have it."""

from pathlib import Path

from warmline.config import Settings
from warmline.core.words import CustomerId, SiteId, Verification
from warmline.customers.orders import owners
from warmline.customers.tables import identifier
from warmline.storage.database import open_database
from warmline.storage.many import inserting
from warmline.storage.schema import metadata

SITE = SiteId("main")
MATCHED, CLAIMED = Verification.MATCHED, Verification.CLAIMED


def known(number: str, who: str, level: Verification, created_at: int) -> dict[str, object]:
    return {
        "site": SITE,
        "kind": "external",
        "value": number,
        "customer": who,
        "verification": level.value,
        "source": "test",
        "created_at": created_at,
    }


async def test_of_several_with_one_number_the_surest_then_the_oldest_is_meant(tmp_path: Path):
    database = open_database(Settings(data=tmp_path))
    held = [
        known("alone", "ann", CLAIMED, 5),
        known("sure", "ann", CLAIMED, 1),
        known("sure", "bob", MATCHED, 2),
        known("sure", "cid", CLAIMED, 3),
        known("old", "ann", MATCHED, 9),
        known("old", "bob", MATCHED, 8),
        known("old", "cid", MATCHED, 8),
    ]
    try:
        await database.create(metadata)
        async with database.write() as connection:
            await connection.execute(inserting(identifier), held)
            # More numbers than one look-up names, so it is also asked in portions.
            nobody = [f"no-{number}" for number in range(owners.NAMED_AT_ONCE)]
            found = await owners.by_number(connection, SITE, [*nobody, "alone", "sure", "old"])
    finally:
        await database.close()
    assert found == {
        "alone": CustomerId("ann"),
        "sure": CustomerId("bob"),
        "old": CustomerId("bob"),
    }
