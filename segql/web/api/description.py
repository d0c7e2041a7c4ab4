"""The OpenAPI document: what every operation takes, gives and asks for."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.routing import BaseRoute

import segql
from segql.runtime.documents import json_text
from segql.web.access.visitors import COOKIE, rights_of
from segql.web.api.tables import ROWS_SCHEMA
from segql.web.problems import Problem

PATH = "/api/openapi.json"


def describe(app: FastAPI, operations: Sequence[BaseRoute]) -> None:
    """Let the application answer with the document of its operations, which is made once."""
    document = json_text(_document(operations))

    def openapi(_: Request) -> Response:
        return Response(document, media_type="application/json")

    app.add_route(PATH, openapi)


def _document(operations: Sequence[BaseRoute]) -> dict[str, Any]:
    document = get_openapi(
        title="segql",
        version=segql.__version__,
        description="Say whom you mean, ask who they are, and text them through the gates.",
        routes=operations,
    )
    schemes = {
        "token": {"type": "http", "scheme": "bearer", "description": "Made on the page Account"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    components = document.setdefault("components", {})
    components["securitySchemes"] = schemes
    problem = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update({"Problem": problem, "Rows": ROWS_SCHEMA})
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        "description": "Asked again with the same key within a day, a change is made once, and answered alike",
    }
    for route in operations:
        if not isinstance(route, APIRoute):
            continue
        for method in route.methods or ():
            operation = document["paths"][route.path][method.lower()]
            operation["security"] = [{name: []} for name in schemes]
            operation["description"] += f"\n\nAsks for the right: {', '.join(sorted(rights_of(route)))}"
            if method != "GET":
                operation.setdefault("parameters", []).append(key)
    _mend_times(document)
    return document


def _mend_times(part: Any) -> None:
    """A time of day has no zone, which the format "time" of JSON Schema asks for."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            del part["format"]
            part["pattern"] = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
        for below in part.values():
            _mend_times(below)
    elif isinstance(part, list):
        for below in part:
            _mend_times(below)
