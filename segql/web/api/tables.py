"""Tables as answers: JSON, or, where it is asked for, CSV, JSON lines, Parquet or Arrow, which large ones are better as."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from segql.runtime.documents import instant_text, json_text
from segql.runtime.exports import FORMATS

_FORMS = {form.media_type: form for form in FORMATS.values() if form.media_type != "application/json"}

# What the document of the API says of them.
TABLE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows; in another form where the header Accept asks for it",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rows"}}}
        | {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _FORMS},
    }
}
ROWS_SCHEMA = {
    "type": "object",
    "required": ["rows", "as_of"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "as_of": {"type": "string", "format": "date-time"},
    },
}


def table_answer(request: Request, table: pa.Table, as_of: datetime) -> Response:
    """A table in the form that is asked for."""
    accepted = request.headers.get("accept", "")
    for kind, form in _FORMS.items():
        if kind in accepted:
            file = BytesIO()
            form.write(table, file)
            return Response(file.getvalue(), media_type=kind)
    return json_answer({"rows": table.to_pylist(), "as_of": instant_text(as_of)})


def json_answer(document: object) -> Response:
    """A document, instants in UTC."""
    return Response(json_text(document), media_type="application/json")
