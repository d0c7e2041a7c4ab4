"""The nine segments of `segments.py` as others ask for them: by hand on our store, naively, in Polars, in ClickHouse."""

import math
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from shop import CITIES, NOW

import segql

Ask = Callable[[], int]
_LATITUDE, _LONGITUDE = CITIES["Chicago"][1:3]
_KILOMETRES = 50.0
# The sphere that the language measures on, in kilometres.
_RADIUS = 6371.0088
_NAMES = (
    "S1 subscribers", "S2 engaged", "S3 prefers SMS", "S4 VIP", "S5 near", "S6 country and gender", "S7 budget",
    "S8 interests", "S9 thirteen conditions",
)  # fmt: skip
_NOW = f"TIMESTAMP '{NOW:%Y-%m-%d %H:%M:%S}'"


def _since(days: int) -> str:
    """The midnight with which the last so many days begin."""
    return f"TIMESTAMP '{NOW - timedelta(days=days):%Y-%m-%d} 00:00:00'"


def _near(haversine: str) -> str:
    """A box around the circle, then the circle."""
    height = math.degrees(_KILOMETRES / _RADIUS) * 1.001
    width = height / math.cos(math.radians(abs(_LATITUDE) + height))
    return (
        f"latitude BETWEEN {_LATITUDE - height} AND {_LATITUDE + height} "
        f"AND longitude BETWEEN {_LONGITUDE - width} AND {_LONGITUDE + width} AND {haversine}"
    )


_HAVERSINE = (
    f"pow(sin(radians(latitude - {_LATITUDE}) / 2), 2) + cos(radians({_LATITUDE})) * cos(radians(latitude)) "
    f"* pow(sin(radians(longitude - ({_LONGITUDE})) / 2), 2) <= {math.sin(_KILOMETRES / _RADIUS / 2) ** 2!r}"
)


def metric_ids(store: segql.Store) -> dict[str, int]:
    """The number of each kind of event."""
    return {event.name: event.id for event in store.catalog.events if event.id is not None}


def expert(store: segql.Store) -> dict[str, str]:
    """The best SQL that we could write for our own store, which knows how its texts are written."""
    ids = metric_ids(store)

    def events(name: str, days: int | None = None, more: str = "", columns: str = "profile_id") -> str:
        since = f" AND occurred_at >= {_since(days)}" if days else ""
        return f"SELECT {columns} FROM events WHERE metric_id = {ids[name]}{since} AND occurred_at <= {_NOW}{more}"

    def often(name: str, days: int, times: int) -> str:
        return f"{events(name, days)} GROUP BY profile_id HAVING count(*) >= {times}"

    consents = (
        "SELECT profile_id FROM consent_periods WHERE channel = 'sms' AND kind = 'marketing' "
        f"AND status = 'subscribed' AND from_at <= {_NOW} AND until_at > {_NOW}"
    )
    vip = (
        f"{events('Placed Order')} GROUP BY profile_id HAVING sum(amount) > 5000000 "
        f"OR count(*) FILTER (occurred_at >= {_since(365)}) >= 3"
    )
    labels = "AND label_id IN (SELECT label_id FROM labels WHERE contains(label, 'campaign 11'))"
    where = {
        "S1 subscribers": f"profile_id IN ({consents})",
        "S2 engaged": f"profile_id IN ({events('Clicked SMS', 30)}) "
        f"OR profile_id IN ({consents} AND from_at >= {_since(30)})",
        "S3 prefers SMS": f"profile_id IN ({often('Clicked SMS', 90, 2)}) AND profile_id NOT IN "
        f"({events('Opened Email', 30)}) AND profile_id NOT IN ({events('Clicked Email', 90)})",
        "S4 VIP": f"clv > 150 OR profile_id IN ({vip})",
        "S5 near": _near(_HAVERSINE),
        "S6 country and gender": "country = 'France' AND gender = 'female'",
        "S7 budget": f"clv <= 10 AND profile_id IN ({events('Placed Order')}) "
        f"AND profile_id IN ({events('Clicked SMS', 90)})",
        "S8 interests": "list_contains(interests, 'shoes') OR list_contains(interests, 'bags')",
        "S9 thirteen conditions": f"""country = 'United States' AND loyalty >= 20 AND clv >= 5
        AND profile_id IN ({often("Received Email", 180, 2)})
        AND (profile_id IN ({events("Opened Email", 90)}) OR profile_id IN ({events("Clicked Email", 180)})
          OR profile_id IN ({events("Clicked SMS", 180)}))
        AND (profile_id IN ({often("Viewed Product", 90, 2)}) OR profile_id IN ({events("Added to Cart", 120)})
          OR profile_id IN ({events("Received SMS", 30, labels)}))
        AND profile_id NOT IN ({events("Unsubscribed", 365)}) AND profile_id NOT IN ({events("Cancelled Order", 365)})
        AND profile_id NOT IN ({events("Bounced Email", 90)}) AND profile_id IN ({events("Active on Site")})""",
    }
    return {name: f"SELECT count(*) FROM profiles WHERE {where[name]}" for name in _NAMES}


def naive_store(folder: Path) -> duckdb.DuckDBPyConnection:
    """A store as a first version has it: the files as they are, with text ids, in order of arrival."""
    path = folder / "naive.duckdb"
    made = path.exists()
    connection = duckdb.connect(path, config={"memory_limit": "4GiB"})
    connection.execute("SET TimeZone = 'UTC'")
    if not made:
        connection.execute("SET enable_progress_bar = false")
        for name in ("profiles", "events"):
            connection.execute(f"CREATE TABLE {name} AS FROM read_parquet('{folder / f'{name}.parquet'}')")
        consents = f"read_parquet('{folder / 'consents.parquet'}')"
        connection.execute(
            f"""CREATE TABLE consents AS
            SELECT external_id, c.* FROM {consents} c JOIN profiles ON address = phone_number WHERE channel = 'sms'
            UNION ALL SELECT external_id, c.* FROM {consents} c JOIN profiles ON address = email WHERE channel = 'email'"""
        )
    return connection


def _folded(text: str) -> str:
    """A text for comparison in any case and Unicode form, as the language compares."""
    return f"nfc_normalize(lower(nfc_normalize({text})))"


def naive() -> dict[str, str]:
    """The SQL that tools generate: a correlated subquery for each condition. Texts are compared as the language compares
    them: who compares them exactly asks another question."""

    def events(name: str, days: int | None = None, more: str = "") -> str:
        since = f" AND e.occurred_at >= {_since(days)}" if days else ""
        return (
            f"FROM events e WHERE e.external_id = p.external_id AND e.event = '{name}' "
            f"AND e.occurred_at <= {_NOW}{since}{more}"
        )

    def did(name: str, days: int | None = None, more: str = "") -> str:
        return f"EXISTS (SELECT 1 {events(name, days, more)})"

    def often(name: str, days: int, times: int) -> str:
        return f"(SELECT count(*) {events(name, days)}) >= {times}"

    consents = (
        "SELECT 1 FROM consents c WHERE c.external_id = p.external_id AND channel = 'sms' "
        f"AND status = 'subscribed' AND c.occurred_at <= {_NOW}"
    )
    interests = f"list_transform(interests, lambda item: {_folded('item')})"
    campaign = f" AND contains({_folded('e.Campaign')}, 'campaign 11')"
    where = {
        "S1 subscribers": f"EXISTS ({consents})",
        "S2 engaged": f"{did('Clicked SMS', 30)} OR EXISTS ({consents} AND c.occurred_at >= {_since(30)})",
        "S3 prefers SMS": f"{often('Clicked SMS', 90, 2)} AND NOT {did('Opened Email', 30)} "
        f"AND NOT {did('Clicked Email', 90)}",
        "S4 VIP": f"""clv > 150 OR (SELECT sum(e.Value) {events("Placed Order")}) > 500
        OR {often("Placed Order", 365, 3)}""",
        "S5 near": _HAVERSINE,
        "S6 country and gender": f"{_folded('country')} = 'france' AND {_folded('gender')} = 'female'",
        "S7 budget": f"clv <= 10 AND {did('Placed Order')} AND {did('Clicked SMS', 90)}",
        "S8 interests": f"list_has_any({interests}, ['shoes', 'bags'])",
        "S9 thirteen conditions": f"""{_folded("country")} = 'united states' AND loyalty >= 20 AND clv >= 5
        AND {often("Received Email", 180, 2)}
        AND ({did("Opened Email", 90)} OR {did("Clicked Email", 180)} OR {did("Clicked SMS", 180)})
        AND ({often("Viewed Product", 90, 2)} OR {did("Added to Cart", 120)}
          OR {did("Received SMS", 30, campaign)})
        AND NOT {did("Unsubscribed", 365)} AND NOT {did("Cancelled Order", 365)} AND NOT {did("Bounced Email", 90)}
        AND {did("Active on Site")}""",
    }
    return {name: f"SELECT count(*) FROM profiles p WHERE {where[name]}" for name in _NAMES}


def exported(store: segql.Store, folder: Path) -> dict[str, Path]:
    """Our tables as Parquet files, in our order."""
    columns = {
        "profiles": "profile_id, country, gender, latitude, longitude, clv, loyalty, interests",
        "events": "profile_id, metric_id, occurred_at, amount, label",
        "consent_periods": "profile_id, channel, kind, status, from_at, until_at",
    }
    order = "date_trunc('month', occurred_at), metric_id, occurred_at"
    sources = {"events": f"events LEFT JOIN labels USING (label_id) ORDER BY {order}"}
    files = {name: folder / f"our {name}.parquet" for name in columns}
    with duckdb.connect() as connection:
        for name, file in files.items():
            if not file.exists():
                with store.database.cursor() as cursor:
                    reader = cursor.sql(
                        f"SELECT {columns[name]} FROM {sources.get(name, name)}"
                    ).to_arrow_reader()
                    connection.register("ours", reader)
                    connection.execute(f"COPY (FROM ours) TO '{file}' (FORMAT parquet)")
    return files


def polars(store: segql.Store, folder: Path) -> dict[str, Ask]:
    """Lazy frames over Parquet files in our order: a join for each condition on events."""
    import polars as pl

    ids, files = metric_ids(store), exported(store, folder)
    now = NOW.replace(tzinfo=None)
    people = pl.scan_parquet(files["profiles"])
    every = pl.scan_parquet(files["events"])

    def events(name: str, days: int | None = None) -> Any:
        found = every.filter(pl.col("metric_id") == ids[name], pl.col("occurred_at") <= now)
        return found.filter(pl.col("occurred_at") >= midnight(days)) if days else found

    def midnight(days: int) -> Any:
        return (now - timedelta(days=days)).replace(hour=0, minute=0, second=0)

    def keys(found: Any) -> Any:
        return found.select("profile_id").unique()

    def often(name: str, days: int, times: int) -> Any:
        counted = events(name, days).group_by("profile_id").len()
        return counted.filter(pl.col("len") >= times).select("profile_id")

    def inside(frame: Any, found: Any) -> Any:
        return frame.join(found, on="profile_id", how="semi")

    def outside(frame: Any, found: Any) -> Any:
        return frame.join(found, on="profile_id", how="anti")

    def either(*found: Any) -> Any:
        return keys(pl.concat([each.select("profile_id") for each in found]))

    consents = pl.scan_parquet(files["consent_periods"]).filter(
        pl.col("channel") == "sms", pl.col("kind") == "marketing", pl.col("status") == "subscribed",
        pl.col("from_at") <= now, pl.col("until_at") > now,
    )  # fmt: skip
    recent = consents.filter(pl.col("from_at") >= midnight(30))
    orders = events("Placed Order").group_by("profile_id").agg(
        pl.col("amount").sum(), (pl.col("occurred_at") >= midnight(365)).sum().alias("recent")
    )  # fmt: skip
    vip = orders.filter((pl.col("amount") > 5_000_000) | (pl.col("recent") >= 3))
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    height = math.degrees(_KILOMETRES / _RADIUS) * 1.001
    width = height / math.cos(math.radians(abs(_LATITUDE) + height))
    haversine = ((latitude - _LATITUDE).radians() / 2).sin().pow(2) + math.cos(math.radians(_LATITUDE)) * (
        latitude.radians().cos() * ((longitude - _LONGITUDE).radians() / 2).sin().pow(2)
    )
    near = (
        latitude.is_between(_LATITUDE - height, _LATITUDE + height)
        & longitude.is_between(_LONGITUDE - width, _LONGITUDE + width)
        & (haversine <= math.sin(_KILOMETRES / _RADIUS / 2) ** 2)
    )
    interests = pl.col("interests")
    messages = events("Received SMS", 30).filter(pl.col("label").str.contains("campaign 11", literal=True))

    def thirteen() -> Any:
        found = people.filter(
            pl.col("country") == "United States", pl.col("loyalty") >= 20, pl.col("clv") >= 5
        )
        found = inside(found, often("Received Email", 180, 2))
        clicked = (events("Opened Email", 90), events("Clicked Email", 180), events("Clicked SMS", 180))
        found = inside(found, either(*clicked))
        found = inside(found, either(often("Viewed Product", 90, 2), events("Added to Cart", 120), messages))
        for name, days in (("Unsubscribed", 365), ("Cancelled Order", 365), ("Bounced Email", 90)):
            found = outside(found, events(name, days))
        return inside(found, keys(events("Active on Site")))

    prefers = inside(people, often("Clicked SMS", 90, 2))
    frames = {
        "S1 subscribers": inside(people, consents),
        "S2 engaged": inside(people, either(events("Clicked SMS", 30), recent)),
        "S3 prefers SMS": outside(outside(prefers, events("Opened Email", 30)), events("Clicked Email", 90)),
        "S4 VIP": inside(people, either(people.filter(pl.col("clv") > 150), vip)),
        "S5 near": people.filter(near),
        "S6 country and gender": people.filter(pl.col("country") == "France", pl.col("gender") == "female"),
        "S7 budget": inside(
            inside(people.filter(pl.col("clv") <= 10), events("Placed Order")), events("Clicked SMS", 90)
        ),
        "S8 interests": people.filter(interests.list.contains("shoes") | interests.list.contains("bags")),
        "S9 thirteen conditions": thirteen(),
    }

    def ask(frame: Any) -> Ask:
        return lambda: frame.select(pl.len()).collect().item()

    return {name: ask(frames[name]) for name in _NAMES}


def clickhouse(store: segql.Store, folder: Path) -> dict[str, Ask]:
    """The expert's SQL on MergeTrees in our order, in ClickHouse's words."""
    from chdb import session

    files = exported(store, folder)
    connection = session.Session(str(folder / "clickhouse"))
    connection.query("CREATE DATABASE IF NOT EXISTS shop ENGINE = Atomic")
    orders = {"profiles": "profile_id", "events": "(metric_id, occurred_at)", "consent_periods": "profile_id"}
    for name, file in files.items():
        connection.query(
            f"""CREATE TABLE IF NOT EXISTS shop.{name} ENGINE = MergeTree ORDER BY {orders[name]}
            SETTINGS allow_nullable_key = 1 AS SELECT * FROM file('{file}', Parquet)"""
        )

    def ask(text: str) -> Ask:
        return lambda: int(str(connection.query(text, "CSV")))

    labels = "label_id IN (SELECT label_id FROM labels WHERE contains(label, 'campaign 11'))"
    words = {
        labels: "position(label, 'campaign 11') > 0",
        "list_contains(": "has(",
        "count(*) FILTER (": "countIf(",
    }
    asks = {}
    for name, text in expert(store).items():
        for ours, theirs in words.items():
            text = text.replace(ours, theirs)
        text = re.sub(r"FROM (\w+)", r"FROM shop.\1", text)
        asks[name] = ask(re.sub(r"TIMESTAMP ('[^']*')", r"toDateTime(\1, 'UTC')", text))
    return asks
