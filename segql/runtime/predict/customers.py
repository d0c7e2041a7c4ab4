"""What the orders in a store say of each customer up to an instant, read in one pass, as columns of numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from segql.compiler.catalog.model import Catalog
from segql.runtime.predict.bgnbd import Histories
from segql.runtime.predict.likelihood import Floats

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Customers:
    """Everybody who has ordered, one row each by profile_id, as of a day of the account's calendar.

    Money is in the account's currency, and NaN where no order of theirs carries an amount.
    """

    today: date
    profile_id: npt.NDArray[np.int32]
    orders: Floats
    order_days: Floats
    recency: Floats
    """Days from the first order to the last."""
    age: Floats
    """Days from the first order to `today`."""
    spent: Floats
    valued: Floats
    """Days on which they ordered again, with an amount."""
    mean_value: Floats
    """What they spent on such a day, on average."""
    order_days_before: Floats
    """As `order_days`, as of the earlier day that was asked for."""
    recency_before: Floats

    def __len__(self) -> int:
        return len(self.profile_id)

    @property
    def histories(self) -> Histories:
        """What the model of orders sees of everybody."""
        return Histories(self.order_days - 1, self.recency, self.age)

    @property
    def silence(self) -> Floats:
        """Days from the last order to `today`."""
        return self.age - self.recency


def read_customers(
    cursor: "duckdb.DuckDBPyConnection", catalog: Catalog, now: datetime, days_before: int
) -> Customers:
    """Sum up the account's orders until `now` (aware), and until `days_before` days earlier."""
    account = catalog.account
    event = catalog.event(account.order_event)
    today = now.astimezone(ZoneInfo(account.timezone)).date()
    read = cursor.sql(
        """WITH days AS (
            SELECT profile_id, timezone($zone, timezone('UTC', occurred_at::TIMESTAMP))::DATE AS day,
            count(*) AS orders, sum(amount) AS amount
            FROM events WHERE metric_id = $metric AND occurred_at <= timezone('UTC', $now) GROUP BY ALL
        ), numbered AS (SELECT *, min(day) OVER (PARTITION BY profile_id) AS first_day FROM days)
        SELECT profile_id, sum(orders)::DOUBLE AS orders, count(*)::DOUBLE AS order_days,
        (max(day) - first_day)::DOUBLE AS recency, ($today - first_day)::DOUBLE AS age,
        sum(amount) / 10000 AS spent,
        count(amount) FILTER (day > first_day)::DOUBLE AS valued,
        avg(amount) FILTER (day > first_day) / 10000 AS mean_value,
        count(*) FILTER (day <= $today - $before)::DOUBLE AS order_days_before,
        (max(day) FILTER (day <= $today - $before) - first_day)::DOUBLE AS recency_before
        FROM numbered GROUP BY profile_id, first_day ORDER BY profile_id""",
        params={
            "zone": account.timezone,
            "metric": None if event is None else event.id,
            "now": now,
            "today": today,
            "before": days_before,
        },
    ).to_arrow_table()
    columns: dict[str, Any] = {name: read.column(name).to_numpy() for name in read.column_names}
    return Customers(today, **columns)
