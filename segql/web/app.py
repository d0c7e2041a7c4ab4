"""The application put together: routes, what guards them, and what happens when something goes wrong."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import StoreError
from segql.runtime.store.task import TaskStoppedError
from segql.sms.errors import SmsError
from segql.web.access.errors import WebError
from segql.web.access.visitors import rights_of
from segql.web.api import APIS
from segql.web.api.description import PATH as DESCRIPTION
from segql.web.api.description import describe
from segql.web.desk import Desk
from segql.web.jobs import Jobs
from segql.web.live import Hub
from segql.web.pages import PAGES
from segql.web.problems import answer_problem
from segql.web.security import Security

# Routes that ask for nobody.
PUBLIC = frozenset(
    (
        DESCRIPTION,
        "/",
        "/sign-in",
        "/sign-out",
        "/welcome/{secret}",
        "/theme",
        "/pictures/{key}",
        "/{code}",
        "/{code}/unsubscribe",
    )
)


def create_app(desk: Desk, *, jobs: bool = True) -> FastAPI:
    """The application upon a desk, whose store and SMS stay the caller's. `jobs`: whether texts move by themselves."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        running = Jobs(desk) if jobs else None
        if running:
            running.start()
        yield
        if running:
            running.stop()

    app = FastAPI(title="segql", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.state.hub = Hub(desk)
    for error in (
        WebError,
        SmsError,
        StoreError,
        DefinitionError,
        RequestValidationError,
        ClientDisconnect,
        TaskStoppedError,
        HTTPException,
        Exception,
    ):
        app.add_exception_handler(error, answer_problem)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Security)
    app.mount("/static", _Static(directory=str(files("segql.web") / "static")))
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    for api in APIS:
        app.include_router(api.router)
    _require_rights()
    describe(app, [route for api in APIS for route in api.router.routes])
    return app


class _Static(StaticFiles):
    """Our own files: their address changes when they do."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


def all_routes() -> Iterator[APIRoute]:
    """The routes of all pages and operations, from the modules: the application knows them only once it is asked."""
    for module in (*PAGES, *APIS):
        for route in module.router.routes:
            if isinstance(route, APIRoute):
                yield route


def _require_rights() -> None:
    """No route is open by mistake."""
    for route in all_routes():
        if not rights_of(route) and route.path not in PUBLIC:
            raise RuntimeError(f"the route {route.path} asks for no right, and is not public")
