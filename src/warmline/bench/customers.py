"""What knowing the customer costs: who comes in, what was said, and what is brought in by file."""

import asyncio
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from warmline.bench import customers_import, customers_resolve, customers_search

PARTS = ("resolve", "search", "import")


def measure(
    *, customers: int, messages: int, orders: int, parts: Collection[str] = PARTS
) -> Mapping[str, object]:
    """The figures of the parts asked for, each over a data folder of its own."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        place = Path(folder)
        if "resolve" in parts:
            found = customers_resolve.measure(place / "resolve", customers=customers)
            figures |= asyncio.run(found)
        if "search" in parts:
            figures |= asyncio.run(customers_search.measure(place / "search", messages=messages))
        if "import" in parts:
            figures |= asyncio.run(customers_import.measure(place / "import", orders=orders))
    return figures
