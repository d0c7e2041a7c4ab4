"""Put a sentence into a query of your own: SQLAlchemy over PostgreSQL, the sentence as one more filter.

Needs `pip install segql sqlalchemy "psycopg[binary]"`. It makes two tables in the database that it is given, and drops them:
python with_sqlalchemy.py postgresql+psycopg://user:password@host/name
"""

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import segql

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Base(DeclarativeBase):
    """The tables of the program."""


class User(Base):
    """Who buys."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str | None]


class Order(Base):
    """What was bought."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    placed_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    total: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))


CATALOG = segql.Catalog.from_dict(
    {
        "account": {"timezone": "Europe/Paris", "currency": "EUR"},
        "attributes": [{"name": "country", "type": "text"}],
        "events": [
            {"name": "Placed Order", "amount": "Total", "properties": [{"name": "Total", "type": "number"}]}
        ],
        "tables": {
            "dialect": "postgresql",
            "profiles": {
                "table": User.__tablename__,
                "key": User.id.key,
                "attributes": {"country": User.country.key},
            },
            "events": {
                "Placed Order": {
                    "table": Order.__tablename__,
                    "profile": Order.user_id.key,
                    "at": Order.placed_at.key,
                    "id": Order.id.key,
                    "properties": {"Total": Order.total.key},
                }
            },
        },
    }
)


def meant_by(sentence: str) -> sa.TextualSelect:
    """The keys of those whom a sentence means, as a subquery with its values bound."""
    query = segql.compile(sentence, CATALOG).sql(now=NOW)
    return (
        sa.text(query.for_sqlalchemy())
        .bindparams(**query.values)
        .columns(sa.column("profile_id", sa.Integer))
    )


def fill(session: Session) -> None:
    """Three users; the first and the second have bought."""
    for number, (name, country, total) in enumerate(
        [("Ada", "France", "65.50"), ("Bob", "France", "12.00"), ("Cem", "Germany", None)], 1
    ):
        session.add(User(id=number, name=name, country=country))
        session.flush()
        if total is not None:
            placed_at = NOW - timedelta(days=number)
            session.add(Order(id=number, user_id=number, placed_at=placed_at, total=Decimal(total)))


def main(address: str) -> None:
    """Users of the program's own filter, of whom a marketer said more, by name."""
    engine = sa.create_engine(address)
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            fill(session)
            chosen = (
                sa.select(User.name)
                .where(User.name != "Bob")
                .where(User.id.in_(meant_by('country is "FRANCE" and historic_clv at least 10')))
                .order_by(User.name)
            )
            print(session.scalars(chosen).all())
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
