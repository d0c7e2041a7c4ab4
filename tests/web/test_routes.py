"""All routes against all roles; and the headers that every answer carries."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from segql.web.access.rights import RIGHTS, ROLES, Role
from segql.web.access.visitors import rights_of
from segql.web.app import PUBLIC, all_routes
from tests.web.office import Office


def routes() -> Iterator[tuple[APIRoute, str]]:
    found = list(all_routes())
    assert len(found) > 150, "the walk sees all pages and operations"
    for route in found:
        for method in route.methods:
            yield route, method


def path_of(route: APIRoute) -> str:
    return re.sub(r"\{[^}]*\}", "1", route.path)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_do_is_refused(office: Office, role: Role) -> None:
    client = office.client(role)
    for route, method in routes():
        if not rights_of(route) <= RIGHTS[role]:
            answer = client.request(method, path_of(route))
            assert answer.status_code == 403, f"{method} {route.path} as {role}"


def test_a_stranger_is_shown_the_door(office: Office) -> None:
    client = office.client()
    for route, method in routes():
        if route.path in PUBLIC:
            continue
        answer = client.request(method, path_of(route))
        if route.path.startswith("/api/"):
            assert answer.status_code == 401, f"{method} {route.path}"
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.status_code == 303, f"{method} {route.path}"
            assert answer.headers["location"].startswith("/sign-in")


def test_a_place_that_a_role_may_not_go_to_is_not_shown(office: Office) -> None:
    analyst, owner = (office.client(role).get("/account").text for role in ("analyst", "owner"))
    assert "Invite" in owner
    assert "Invite" not in analyst


def test_every_answer_is_guarded(office: Office) -> None:
    for path in ("/sign-in", "/account", "/nowhere", "/static/app.js"):
        headers = office.client("owner").get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy


def test_pages_are_not_kept_by_browsers_but_files_are(office: Office) -> None:
    client = office.client("owner")
    assert client.get("/account").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/app.js").headers["cache-control"]
