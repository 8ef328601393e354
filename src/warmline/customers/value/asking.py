"""Rules asked of all customers at once: each becomes a condition of the database."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from warmline.core.words import DAY, CustomerId, Instant, SiteId
from warmline.customers.portrait.tables import field_value
from warmline.customers.rights.model import UNPROFILED
from warmline.customers.rights.tables import flag
from warmline.customers.tables import customer
from warmline.customers.value.deciding import TOP, Fact
from warmline.customers.value.rules import (
    Both,
    Compare,
    Either,
    Everybody,
    Has,
    InTop,
    Not,
    OneOf,
    Rule,
    Test,
    speaks_of,
)
from warmline.customers.value.tables import customer_value
from warmline.customers.value.words import CUSTOM, Field, Kind

Contacts: TypeAlias = Callable[[SiteId, Collection[CustomerId] | None], FromClause]
"""When who came last and how often, by id: `customer`, `last_at`, `many`; of some or of all."""
OF_CONTACTS = frozenset({"contacts", "days_since_contact"})
_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """One saved rule, read: what it gives, where it stands, how it was written."""

    item: str
    place: int
    text: str
    rule: Rule


def by_person(site: SiteId, contacts: FromClause) -> FromClause:
    """Contacts by the id that counts."""
    root = func.coalesce(customer.c.merged_into, customer.c.id)
    return (
        select(
            root.label("customer"),
            func.max(contacts.c.last_at).label("last_at"),
            func.sum(contacts.c.many).label("many"),
        )
        .select_from(contacts.join(customer, customer.c.id == contacts.c.customer))
        .where(customer.c.site == site)
        .group_by(root)
        .subquery()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Turns rules about customers into statements."""

    site: SiteId
    now: Instant
    contacts: FromClause
    """By the id that counts."""

    def holds(self, rule: Rule) -> ColumnElement[bool]:
        """The condition that a rule is; never unknown, only true or false."""
        match rule:
            case Not(part=part):
                return not_(self.holds(part))
            case Both(parts=parts):
                return and_(*(self.holds(part) for part in parts))
            case Either(parts=parts):
                return or_(*(self.holds(part) for part in parts))
            case _:
                return self._test(rule)

    def people(self, *columns: ColumnElement[Any], needs: frozenset[str]) -> Select[Any]:
        """Every person who may be valued, under the id that counts, with what is known of them."""
        source = customer.outerjoin(
            customer_value,
            and_(
                customer_value.c.site == customer.c.site,
                customer_value.c.customer == customer.c.id,
            ),
        )
        if needs & OF_CONTACTS:
            source = source.outerjoin(self.contacts, self.contacts.c.customer == customer.c.id)
        return (
            select(*columns)
            .select_from(source)
            .where(
                customer.c.site == self.site,
                customer.c.merged_into.is_(None),
                not_(unprofiled(self.site, customer.c.id)),
            )
        )

    def facts(self, fields: Collection[Field], who: CustomerId) -> Select[Any]:
        """What is known of one person, by the id that counts; columns are named as fields are."""
        value = customer_value.c
        tops = (
            case((value.value_minor.is_not(None), value.value_top)).label(f"value{TOP}"),
            value.money_top.label(f"money{TOP}"),
            value.orders_top.label(f"orders{TOP}"),
        )
        columns = [self._column(field).label(field.name) for field in fields]
        needs = frozenset(field.name for field in fields)
        return self.people(*tops, *columns, needs=needs).where(customer.c.id == who)

    def count(self, rule: Rule) -> Select[Any]:
        """How many people a rule is true of, and how many there are."""
        holds = case((self.holds(rule), 1), else_=0)
        return self.people(
            func.coalesce(func.sum(holds), 0).label("many"),
            func.count().label("of"),
            needs=speaks_of(rule),
        )

    def places(self, ruled: "tuple[Ruled, ...]") -> ColumnElement[Any]:
        """The place of the first rule that is true, null for none."""
        if not ruled:
            return null()
        return case(*((self.holds(one.rule), literal(one.place)) for one in ruled), else_=null())

    def assigned(self, ruled: "tuple[Ruled, ...]") -> Select[Any]:
        """Each person, the segment they have and the place of the rule that gives them one."""
        needs = frozenset(name for one in ruled for name in speaks_of(one.rule))
        return self.people(
            customer.c.id,
            customer.c.segment,
            customer.c.segment_by,
            self.places(ruled).label("place"),
            needs=needs,
        )

    def _test(self, test: Test) -> ColumnElement[bool]:
        match test:
            case Everybody():
                return true()
            case InTop(field=field, permille=permille):
                top = customer_value.c[f"{field.name}_top"]
                known = (
                    customer_value.c.value_minor.is_not(None) if field.name == "value" else true()
                )
                return func.coalesce(and_(top <= permille, known), false())
            case Has():
                raise AssertionError("what somebody writes is asked of one interaction only")
            case OneOf(field=field, values=values):
                found = (self._compared(field, "=", one) for one in values)
                return or_(*found)
            case Compare(field=field, op=op, value=value):
                return self._compared(field, op, value)

    def _compared(self, field: Field, op: str, value: Fact) -> ColumnElement[bool]:
        column = self._column(field)
        return func.coalesce(_COMPARE[op](column, value), false())

    def _column(self, field: Field) -> ColumnElement[Any]:
        value = customer_value.c
        named: Mapping[str, ColumnElement[Any]] = {
            "value": value.value_minor,
            "money": value.money_minor,
            "orders": value.frequency,
            "average_order": value.average_minor,
            "language": customer.c.language,
            # Days count from one moment for everybody, whenever each was computed.
            "recency_days": (self.now - value.last_at) // DAY,
        }
        if field.name in named:
            return named[field.name]
        if field.name == "contacts":
            return func.coalesce(self.contacts.c.many, 0)
        if field.name == "days_since_contact":
            return (self.now - self.contacts.c.last_at) // DAY
        if field.name.startswith(CUSTOM):
            return self._custom(field)
        return value[field.name]

    def _custom(self, field: Field) -> ColumnElement[Any]:
        found = (
            select(field_value.c.value)
            .where(
                field_value.c.site == self.site,
                field_value.c.customer == customer.c.id,
                field_value.c.field == field.name.removeprefix(CUSTOM),
            )
            .scalar_subquery()
        )
        return cast(found, Float) if field.kind is Kind.NUMBER else cast(found, String)


def unprofiled(site: SiteId, who: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a person, by the id that counts or another of theirs, must not be profiled."""
    other = customer.alias("other")
    return (
        select(flag.c.customer)
        .select_from(
            flag.join(other, and_(other.c.site == flag.c.site, other.c.id == flag.c.customer))
        )
        .where(
            flag.c.site == site,
            flag.c.flag.in_([one.value for one in UNPROFILED]),
            func.coalesce(other.c.merged_into, other.c.id) == who,
        )
        .exists()
    )
