"""Writing profiles: a batch of rows, each about a new profile or one that its identifiers name, into
`profiles`."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import Account
from segql.compiler.sql.layout import folded_column
from segql.runtime.store.attribute_history import note_values
from segql.runtime.store.attributes import Target, change_attributes, plan_attributes, refused_rows
from segql.runtime.store.columns import IDENTIFIERS, Column, Rejected, read_columns, rows_with_nul
from segql.runtime.store.consents import EVERY_CHANNEL, derive_periods, end_moved
from segql.runtime.store.identity import Identities, Identity
from segql.runtime.store.journal import note_changes
from segql.runtime.store.merge import merge_profiles
from segql.runtime.store.phones import Number, known_numbers, read_numbers
from segql.runtime.store.sql import EMAIL_KEY, as_text, folded, folded_items, one_row, quoted, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class ProfilesWritten(NamedTuple):
    """What a batch did. `merged`: profiles that became part of others. `profile_ids`: the profile of each row
    (int32), null where the row was rejected."""

    inserted: int
    updated: int
    merged: int
    rejected: list[Rejected]
    profile_ids: "pa.Array"


class _Person(NamedTuple):
    """The identifiers of a row, as they are stored."""

    external_id: str | None
    email: str | None
    email_key: str | None
    number: Number | None

    @property
    def identity(self) -> Identity:
        number = self.number
        phone = None if number is None else number.text if number.valid else ""
        return Identity(self.external_id, self.email_key, phone)

    def without(self, kind: str) -> "_Person":
        """These identifiers, but for one that is an alias."""
        match kind:
            case "external_id":
                return self._replace(external_id=None)
            case "email":
                return self._replace(email=None, email_key=None)
            case _:
                return self._replace(number=None)


def upsert_profiles(
    connection: "duckdb.DuckDBPyConnection",
    table: "pa.Table",
    account: Account,
    at: datetime | None = None,
) -> ProfilesWritten:
    """Write a batch of profiles, within the caller's transaction.

    Columns: any of `external_id`, `email` and `phone_number`, of which each row needs one; every further
    column is an attribute, made when first seen. Null leaves what was there. Where rows are about one
    profile, the last value wins. Where a row ties profiles together, they are merged (see `identity`); `at`:
    the aware instant of the batch, for the log of that and the history of attributes. Rows that cannot be stored
    are rejected, each with its reason. Raises `StoreError` for a column name or type that cannot be stored at all.
    """
    columns, incoming = read_columns(table)
    identifiers = {column.key: column for column in columns if column.key in IDENTIFIERS}
    given = (column for column in columns if column.key not in IDENTIFIERS and not column.empty)
    targets = plan_attributes(connection, given)
    with registered(connection, "incoming", incoming):
        reasons = dict(rows_with_nul(columns, incoming))
        for row, reason in refused_rows(connection, targets):
            reasons.setdefault(row, reason)
        people = _read_people(connection, identifiers, account)
        for row, person in enumerate(people):
            if not any(person.identity):
                reasons.setdefault(row, "there is no external_id, email or valid phone_number")
        first_new = _next_profile_id(connection)
        profile_ids, identities = _place(connection, people, reasons, first_new)
        change_attributes(connection, targets)
        with registered(connection, "placed", _placed_table(people, profile_ids)):
            _gather_changes(connection, targets)
    inserted, updated = _write(connection, targets, first_new, at)
    if at is not None:
        note_values(connection, "changes", at)
    connection.execute("DROP TABLE temp.changes")
    # Each row was written to the profile that it was about when it came; only then do they become one.
    merge_profiles(connection, identities.merged, at, actor="import")
    survivors = [None if each is None else identities.survivor(each) for each in profile_ids]
    rejected = [Rejected(row, reason) for row, reason in sorted(reasons.items())]
    return ProfilesWritten(inserted, updated, len(identities.merged), rejected, _profile_id_array(survivors))


def _profile_id_array(profile_ids: list[int | None]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(profile_ids, pa.int32())


def _next_profile_id(connection: "duckdb.DuckDBPyConnection") -> int:
    # Those who are gone count, too: a profile_id is never used again.
    (last,) = one_row(
        connection,
        """SELECT greatest((SELECT max(profile_id) FROM profiles), (SELECT max(merged_id) FROM profile_merges),
        (SELECT max(profile_id) FROM erasures))""",
    )
    return 0 if last is None else int(last) + 1


def _read_people(
    connection: "duckdb.DuckDBPyConnection", identifiers: dict[str, Column], account: Account
) -> list[_Person]:
    """Who each row is about, blanks read as nothing."""
    texts = [
        f"nullif(trim({as_text(column.alias, column.type, whole=column.whole)}), '')"
        if column
        else "NULL::VARCHAR"
        for column in (identifiers.get(key) for key in IDENTIFIERS)
    ]
    read = connection.sql(
        f"SELECT {texts[0]}, {texts[1]}, {folded(texts[1])}, {texts[2]} FROM incoming ORDER BY row"  # noqa: S608
    ).to_arrow_table()
    external_ids, emails, keys, phones = (column.to_pylist() for column in read.columns)
    numbers = read_numbers(phones, account.country, known_numbers(connection, read.column(3)))
    return [_Person(*person) for person in zip(external_ids, emails, keys, numbers, strict=True)]


def _place(
    connection: "duckdb.DuckDBPyConnection", people: list[_Person], reasons: dict[int, str], first_new: int
) -> tuple[list[int | None], Identities]:
    """The profile of each row that is not rejected, as it was when the row came, and what became of them.

    From a row that names its profile by an alias, the alias is taken away: it changes nobody's identifier.
    """
    named = {row: person.identity for row, person in enumerate(people) if row not in reasons}
    known, aliases = _known_identities(connection, list(named.values()))
    identities = Identities(known, first_new)
    placed: list[int | None] = [None] * len(people)
    for row, identity in named.items():
        strongest, *_ = identity.said()
        alias = aliases.get(strongest)
        if alias is not None:
            people[row] = people[row].without(strongest[0])
            identity = people[row].identity
        placed[row] = identities.place(identity, alias)
    return placed, identities


def _known_identities(
    connection: "duckdb.DuckDBPyConnection", named: list[Identity]
) -> tuple[list[tuple[int, Identity]], dict[tuple[str, str], int]]:
    """The profiles that have any of the identifiers, and whose aliases the identifiers are."""
    import pyarrow as pa

    asked = pa.table(
        {
            kind: pa.array((identity[position] for identity in named), pa.string())
            for position, kind in enumerate(Identity._fields)
        }
    )
    with registered(connection, "asked", asked):
        aliases = connection.execute(
            """SELECT kind, value, min(profile_id) FROM profile_aliases
            SEMI JOIN (UNPIVOT asked ON external_id, email, phone INTO NAME kind VALUE value) USING (kind, value)
            GROUP BY kind, value"""
        ).fetchall()
        known = connection.execute(
            f"""SELECT profile_id, external_id, {EMAIL_KEY},
              if(phone_valid OR phone_number IS NULL, phone_number, '') FROM profiles
            WHERE profile_id IN (SELECT unnest(?::INTEGER[])
              UNION ALL SELECT profile_id FROM profiles WHERE external_id IN (SELECT external_id FROM asked)
              UNION ALL SELECT profile_id FROM profiles WHERE {EMAIL_KEY} IN (SELECT email FROM asked)
              UNION ALL SELECT profile_id FROM profiles WHERE phone_number IN (SELECT phone FROM asked))""",  # noqa: S608
            [[profile_id for *_, profile_id in aliases]],
        ).fetchall()
    return (
        [(profile_id, Identity(*rest)) for profile_id, *rest in known],
        {(kind, value): profile_id for kind, value, profile_id in aliases},
    )


def _placed_table(people: list[_Person], profile_ids: list[int | None]) -> "pa.Table":
    """The identifiers of the rows to be written, each with its profile; a number's three columns as one
    value."""
    import pyarrow as pa

    kept = [(row, profile_id) for row, profile_id in enumerate(profile_ids) if profile_id is not None]
    number = pa.struct([("text", pa.string()), ("valid", pa.bool_()), ("country", pa.string())])
    numbers = (people[row].number for row, _ in kept)
    return pa.table(
        {
            "row": pa.array((row for row, _ in kept), pa.int64()),
            "profile_id": pa.array((profile_id for _, profile_id in kept), pa.int32()),
            "external_id": pa.array((people[row].external_id for row, _ in kept), pa.string()),
            "email": pa.array((people[row].email for row, _ in kept), pa.string()),
            "number": pa.array((found and found._asdict() for found in numbers), number),
        }
    )


def _gather_changes(connection: "duckdb.DuckDBPyConnection", targets: list[Target]) -> None:
    """One row a profile in `changes`: the last value of each attribute, null where no row gives one."""
    gathered = "".join(
        f", arg_max({target.value}, row){target.cast} AS {target.column.alias}"
        for target in targets
        if target.value is not None
    )
    connection.execute(
        f"""CREATE TEMP TABLE changes AS SELECT profile_id, arg_max(external_id, row) AS external_id,
        arg_max(email, row) AS email, arg_max(number, row) AS number {gathered}
        FROM placed JOIN incoming USING (row) GROUP BY profile_id"""  # noqa: S608
    )


def _write(
    connection: "duckdb.DuckDBPyConnection", targets: list[Target], first_new: int, at: datetime | None
) -> tuple[int, int]:
    """Put `changes` into `profiles`; the numbers of profiles inserted and really changed."""
    values = {"external_id": "c.external_id", "email": "c.email", EMAIL_KEY: folded("c.email")}
    values |= {"phone_number": "c.number.text", "phone_valid": "c.number.valid"}
    values["phone_country"] = "c.number.country"
    values["phone_country_code"] = "(SELECT code FROM calling_codes k WHERE k.country = c.number.country)"
    given = [target for target in targets if target.value is not None]
    values |= {quoted(target.name): f"c.{target.column.alias}" for target in given}
    values |= {
        quoted(folded_column(target.name)): folded_items(f"c.{target.column.alias}")
        for target in given
        if target.type == "list"
    }
    merged = {name: f"coalesce({value}, p.{name})" for name, value in values.items()}
    # A number that belongs to no country takes the old number's country away.
    for name in ("phone_country", "phone_country_code"):
        merged[name] = f"CASE WHEN c.number IS NULL THEN p.{name} ELSE {values[name]} END"
    differs = " OR ".join(f"p.{name} IS DISTINCT FROM {value}" for name, value in merged.items())
    readdressed = " OR ".join(
        f"p.{name} IS DISTINCT FROM {merged[name]}" for name in ("external_id", "email")
    )
    readdressed += f" OR p.phone_number IS DISTINCT FROM {merged['phone_number']}"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE readdressed AS SELECT profile_id, {EVERY_CHANNEL} FROM (
          SELECT profile_id FROM changes WHERE profile_id >= {first_new}
          UNION ALL SELECT p.profile_id FROM profiles p JOIN changes c USING (profile_id) WHERE {readdressed})"""  # noqa: S608
    )
    # Numbers that all who had them give up. Most rows give up none: then nobody's number is looked at.
    connection.execute(
        """CREATE TEMP TABLE moved AS WITH given_up AS MATERIALIZED (
          SELECT p.phone_number FROM profiles p JOIN changes c USING (profile_id) WHERE p.phone_number <> c.number.text),
        holders AS MATERIALIZED (
          SELECT profile_id, phone_number FROM profiles SEMI JOIN given_up USING (phone_number) WHERE phone_valid)
        SELECT p.phone_number AS address FROM holders p LEFT JOIN changes c USING (profile_id)
        GROUP BY p.phone_number HAVING bool_and(coalesce(p.phone_number <> c.number.text, false))"""
    )
    assignments = ", ".join(f"{name} = {value}" for name, value in merged.items())
    (updated,) = one_row(
        connection,
        f"""UPDATE profiles p SET {assignments} FROM changes c
        WHERE p.profile_id = c.profile_id AND ({differs})""",  # noqa: S608
    )
    (inserted,) = one_row(
        connection,
        f"""INSERT INTO profiles (profile_id, {", ".join(values)})
        SELECT profile_id, {", ".join(values.values())} FROM changes c
        WHERE profile_id >= {first_new} ORDER BY profile_id""",  # noqa: S608
    )
    derive_periods(connection, "readdressed")
    end_moved(connection, "moved", at)
    connection.execute("DROP TABLE temp.readdressed; DROP TABLE temp.moved")
    if inserted or updated:
        note_changes(connection, "values", "changes")
    return inserted, updated
