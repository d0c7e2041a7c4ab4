"""Who gets in: the first owner's link, invitations, passwords, sessions, roles, tokens; and other sites do not."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from segql.web.access.rights import RIGHTS, ROLES, Right
from segql.web.access.sessions import LASTS
from segql.web.access.tokens import make_token
from segql.web.access.users import invite, welcome_link
from segql.web.access.visitors import COOKIE
from tests.web.office import PASSWORD, Office


def test_the_first_owner_comes_in_once(office: Office) -> None:
    assert welcome_link(office.store.database, office.clock()) is None


def test_an_invitation_works_once(office: Office) -> None:
    secret = invite(
        office.store.database, office.users["owner"], "new@acme.example", "analyst", office.clock()
    )
    client = office.client()
    assert "as analyst" in client.get(f"/welcome/{secret}").text
    short = client.post(f"/welcome/{secret}", data={"name": "Nia", "password": "short"})
    assert short.status_code == 422
    assert "fewer than 10 characters" in short.text
    done = client.post(f"/welcome/{secret}", data={"name": "Nia", "password": PASSWORD})
    assert done.status_code == 303
    assert "Nia" in client.get("/account").text
    assert client.get(f"/welcome/{secret}").status_code == 404


def test_an_invitation_lapses(office: Office) -> None:
    secret = invite(
        office.store.database, office.users["owner"], "late@acme.example", "analyst", office.clock()
    )
    office.clock.pass_by(timedelta(days=8))
    assert office.client().get(f"/welcome/{secret}").status_code == 404


def test_a_new_password_ends_the_sessions(office: Office) -> None:
    manager = office.client("manager")
    secret = invite(office.store.database, office.users["admin"], "MANAGER@acme.example", "", office.clock())
    assert manager.get("/account").status_code == 200
    office.client().post(f"/welcome/{secret}", data={"name": "Una Manager", "password": "another one"})
    assert manager.get("/account").status_code == 303
    signed_in = office.client().post(
        "/sign-in", data={"email": "manager@acme.example", "password": "another one"}
    )
    assert signed_in.status_code == 303


def test_a_session_ends(office: Office) -> None:
    client = office.client("analyst")
    assert client.get("/account").status_code == 200
    client.post("/sign-out")
    assert client.get("/account").status_code == 303
    client = office.client("analyst")
    office.clock.pass_by(LASTS + timedelta(seconds=1))
    assert client.get("/account").status_code == 303


def test_signing_in_leads_nowhere_else(office: Office) -> None:
    for wanted in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
    ):
        form = {"email": "olive@acme.example", "password": PASSWORD, "next": wanted}
        assert office.client().post("/sign-in", data=form).headers["location"] == "/"
    form = {"email": "olive@acme.example", "password": PASSWORD, "next": "/people?q=ada"}
    assert office.client().post("/sign-in", data=form).headers["location"] == "/people?q=ada"


def test_a_session_that_was_put_into_the_browser_is_not_taken_over(office: Office) -> None:
    client = office.client()
    client.cookies.set(COOKIE, "fixed by somebody", domain="testserver.local")
    answer = client.post("/sign-in", data={"email": "olive@acme.example", "password": PASSWORD})
    assert "fixed by somebody" not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    stranger = office.client()
    stranger.cookies.set(COOKIE, "fixed by somebody", domain="testserver.local")
    assert stranger.get("/account").status_code == 303


def test_wrong_passwords_are_slowed_down(office: Office) -> None:
    wrong = {"email": "admin@acme.example", "password": "wrong wrong wrong"}
    client = office.client()
    assert [client.post("/sign-in", data=wrong).status_code for _ in range(11)] == [401] * 10 + [429]
    right = {"email": "admin@acme.example", "password": PASSWORD}
    assert client.post("/sign-in", data=right).status_code == 429
    office.clock.pass_by(timedelta(minutes=6))
    assert client.post("/sign-in", data=right).status_code == 303


def test_other_sites_change_nothing(office: Office) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ):
        client = TestClient(office.app, follow_redirects=False, headers=headers)
        client.cookies.set(COOKIE, office.session("owner"), domain="testserver.local")
        refused = client.post("/account/invitations", data={"email": "x@y.example", "role": "owner"})
        assert refused.status_code == 403, headers
        assert client.get("/account").status_code == 200
    assert "x@y.example" not in office.client("owner").get("/account").text


def test_nobody_makes_somebody_who_may_do_more(office: Office) -> None:
    admin = office.client("admin")
    owner = office.users["owner"].user_id
    assert (
        admin.post("/account/invitations", data={"email": "e@x.example", "role": "owner"}).status_code == 403
    )
    assert admin.post(f"/account/users/{owner}/role", data={"role": "analyst"}).status_code == 403
    assert admin.post(f"/account/users/{owner}/remove").status_code == 403
    assert office.client("owner").post(f"/account/users/{owner}/remove").status_code == 409


@pytest.mark.parametrize("role", ROLES)
def test_a_token_may_never_do_more_than_its_user(office: Office, role: str) -> None:
    user = office.users[role]  # type: ignore[index]
    secret = make_token(office.store.database, user, "a program", [Right.READ], office.clock())
    client = TestClient(office.app, headers={"authorization": f"Bearer {secret}"})
    assert client.get("/account").status_code == 200
    assert client.post("/account/tokens", data={"name": "more", "rights": "define"}).status_code == 403
    assert (
        client.post("/account/invitations", data={"email": "t@x.example", "role": "analyst"}).status_code
        == 403
    )
    missing = set(Right) - RIGHTS[user.role]
    asked = office.client(user.role).post("/account/tokens", data={"name": "x", "rights": [*missing]})
    assert asked.status_code == (403 if missing else 422)


def test_secrets_are_not_in_the_store(office: Office) -> None:
    secret = office.session("owner")
    with office.store.database.cursor() as cursor:
        for table in ("sessions", "invitations", "tokens", "users"):
            assert secret not in str(cursor.execute(f"FROM {table}").fetchall())
            assert PASSWORD not in str(cursor.execute(f"FROM {table}").fetchall())
