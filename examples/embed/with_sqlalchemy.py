"""Put a sentence into a query of your own: SQLAlchemy over DuckDB, the sentence as one more filter.

Needs `pip install sqlalchemy duckdb-engine`.
"""

import sqlalchemy as sa
from own_tables import CATALOG, NOW, fill

import segql

USERS = sa.Table(
    "users",
    sa.MetaData(schema="crm"),
    sa.Column("user_no", sa.String, primary_key=True),
    sa.Column("country_name", sa.String),
    sa.Column("created_at", sa.DateTime(timezone=True)),
)


def meant_by(sentence: str) -> sa.TextualSelect:
    """The keys of those whom a sentence means, as a subquery with its values bound."""
    query = segql.compile(sentence, CATALOG).sql(now=NOW)
    return (
        sa.text(query.for_sqlalchemy()).bindparams(**query.values).columns(sa.column("profile_id", sa.String))
    )


def main() -> None:
    """Users of one country, by the program's own filter, of whom a marketer said more."""
    engine = sa.create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        fill(connection.connection.driver_connection)
        chosen = (
            sa.select(USERS.c.user_no)
            .where(USERS.c.country_name == "Germany")
            .where(USERS.c.user_no.in_(meant_by('in segment "Regulars" and not did "Placed Order" today')))
            .order_by(USERS.c.user_no)
        )
        print(connection.execute(chosen).all())
    engine.dispose()


if __name__ == "__main__":
    main()
