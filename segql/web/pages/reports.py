"""What came of a campaign or flow: figures, reasons, charts over time, and files of them."""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from segql.sms.gates import BY_CODE
from segql.sms.messages import REASONS
from segql.sms.reports import Unit
from segql.web.access.rights import Right
from segql.web.access.visitors import Reader
from segql.web.desk import AtDesk, Desk
from segql.web.pages.liveness import moves
from segql.web.rendering import fragment

router = APIRouter(prefix="/campaigns")

# A campaign that is over sooner is told by the hour.
_BY_HOUR = timedelta(days=3)


@router.get("/{campaign_id:int}/report")
def show_report(request: Request, desk: AtDesk, who: Reader, campaign_id: int) -> Response:
    """The report, as a part of a page."""
    written = desk.sms.outbound.written(campaign_id)
    name = written.message.name
    spans = desk.sms.outbound.over_time(name, "hour")
    unit: Unit = "hour"
    if spans and spans[-1].begins - spans[0].begins > _BY_HOUR:
        spans, unit = desk.sms.outbound.over_time(name, "day"), "day"
    form = "%d %b %H:%M" if unit == "hour" else "%d %b"
    return fragment(
        request,
        "campaigns/report.html",
        campaign_id=campaign_id,
        report=desk.sms.report(name),
        spans=spans,
        labels=[span.begins.strftime(form).lstrip("0") for span in spans],
        unit=unit,
        currency=desk.store.catalog.account.currency,
        reasons=REASONS,
        gates=BY_CODE,
        names=who.may(Right.PEOPLE),
        moves=moves(desk, written, desk.sms.outbound.progress(name)),
        hours=desk.sms.settings().conversion_window_hours,
    )


@router.get("/{campaign_id:int}/report.csv")
def load_report(request: Request, desk: AtDesk, who: Reader, campaign_id: int) -> Response:
    """The report day by day, as a file."""
    name = desk.sms.outbound.written(campaign_id).message.name
    columns = (
        "day",
        "sent",
        "parts",
        "received",
        "failed",
        "clicks",
        "unsubscribes",
        "conversions",
        "revenue",
    )
    rows = (
        (f"{span.begins:%Y-%m-%d}", *(getattr(span, column) for column in columns[1:]))
        for span in desk.sms.outbound.over_time(name)
    )
    return _file(f"campaign-{campaign_id}", columns, rows)


@router.get("/all.csv")
def load_all(request: Request, desk: AtDesk, who: Reader) -> Response:
    """Every campaign and flow with its figures, as a file."""
    return _file(
        "campaigns",
        ("name", "kind", "status", "audience", "sent", "received", "clicked", "revenue"),
        _all(desk),
    )


def _all(desk: Desk) -> Iterable[tuple[Any, ...]]:
    figures = desk.sms.outbound.figures()
    for one in desk.sms.outbound.all_progress():
        known = figures.get(one.campaign_id)
        told = (known.sent, known.received, known.clicked, known.revenue) if known else (0, 0, 0, 0)
        yield (one.name, one.kind, one.status, sum(one.states.values()), *told)


def _file(name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(made.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Any) -> Any:
    """A value as a table has it: a text that it would reckon with is none."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
