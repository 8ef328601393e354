"""The HTTP door for a shop's programs to customers: one or many, by the shop's own numbers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor
from warmline.customers.importing.jobs import Surroundings
from warmline.customers.importing.people import keep_people
from warmline.customers.importing.rows import Person, person_of
from warmline.customers.model import NAME_LIMIT_CHARS
from warmline.customers.orders import owners
from warmline.customers.orders.model import BATCH_LIMIT
from warmline.customers.orders.routes import Number, answered, read_each
from warmline.ports import Programs
from warmline.storage.schema import ID_CHARS

WRITE = "customers:write"


class PersonBody(BaseModel):
    """A customer as the shop knows them; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=NAME_LIMIT_CHARS)
    email: str | None = Field(default=None, min_length=1, max_length=254)
    phone: str | None = Field(default=None, min_length=1, max_length=40)
    language: str | None = Field(default=None, min_length=1, max_length=16)

    def person(self, number: str, *, region: str | None) -> Person:
        """The customer of this number."""
        return person_of(
            number=number,
            name=self.name,
            email=self.email,
            phone=self.phone,
            language=self.language,
            region=region,
        )


class NumberedPersonBody(PersonBody):
    """A customer with their number."""

    id: Number


class PeopleBody(BaseModel):
    """Many customers; each is taken or refused by itself."""

    model_config = ConfigDict(extra="forbid")

    customers: list[dict[str, Any]] = Field(min_length=1, max_length=BATCH_LIMIT)


def customer_door(*, around: Surroundings, programs: Programs) -> APIRouter:
    """For programs with a key, and administrators."""
    router = APIRouter(tags=["customers"])
    writer = Depends(programs(Right.GOVERN, WRITE))
    site = around.site

    @router.put("/customers/{external_id}")
    async def put_customer(
        external_id: Annotated[str, Path(max_length=ID_CHARS)],
        body: PersonBody,
        _actor: Annotated[Actor, writer],
    ) -> dict[str, object]:
        """A customer by the shop's own number, new or changed; again nothing changes."""
        person = body.person(external_id, region=around.region)
        async with around.database.write() as connection:
            kept = await keep_people(connection, site, [person], now=around.clock.now())
            owned = await owners.by_number(connection, site, [person.id])
        return {"id": external_id, "customer": owned[person.id], "outcome": kept.outcomes[0]}

    @router.post("/customers/batch")
    async def put_customers(
        body: PeopleBody, _actor: Annotated[Actor, writer]
    ) -> dict[str, object]:
        """Up to 1,000 customers; says of each what became of it, in their order."""

        def read(given: Any) -> Person:
            one = NumberedPersonBody.model_validate(given)
            return one.person(one.id, region=around.region)

        results, good = read_each(body.customers, read)
        async with around.database.write() as connection:
            kept = await keep_people(connection, site, good, now=around.clock.now())
        return answered(results, kept.outcomes)

    return router
