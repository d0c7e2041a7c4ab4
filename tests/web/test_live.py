"""D11: the stream of changes replays what was missed, once, and ends for who may not see it any more."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from typing import Any

from starlette.requests import Request

from segql.sms.conversations.desk import REPLAYED
from segql.web.access.sessions import LASTS
from segql.web.access.users import change_role
from segql.web.live import Hub
from tests.web.office import Office

BOSTON = "+16175550{}"


def run(work: Coroutine[Any, Any, list[Any]]) -> list[Any]:
    """What comes of it, in a thread of its own: Playwright has an event loop in that of the tests."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result(60)


def text(office: Office, nth: int, body: str = "Hello?") -> None:
    office.sms.receive(
        BOSTON.format(100 + nth % 100), office.carrier.sending_number, body, carrier_id=f"live {nth}"
    )


def listener(office: Office, role: str = "manager") -> Request:
    cookie = f"segql_session={office.session(role)}"  # type: ignore[arg-type]
    headers = [(b"cookie", cookie.encode())]
    return Request({"type": "http", "app": office.app, "headers": headers, "state": {}})


def events(
    office: Office, count: int, after: int | None, *steps: Callable[[], None], role: str = "manager"
) -> list[Any]:
    """The next events of a stream as (name, id, data); after each of the first ones a step is done."""

    async def take() -> list[Any]:
        hub, left, found = Hub(office.desk), list(steps), []
        async with aclosing(hub.stream(listener(office, role), after)) as stream:
            async for event in stream:
                fields = dict(line.split(": ", 1) for line in event.decode().strip().splitlines())
                if "event" not in fields:
                    continue
                position = int(fields["id"]) if "id" in fields else None
                found.append((fields["event"], position, json.loads(fields["data"])))
                if len(found) >= count:
                    break
                if left:
                    await asyncio.to_thread(left.pop(0))
        return found

    return run(take())


def test_d11_a_stream_tells_what_happens_from_now_on(office: Office) -> None:
    position = office.sms.conversations.position("manager")
    texts = (lambda: text(office, 1, "<b>Do you ship?</b>"), lambda: text(office, 2))
    hello, change, following = events(office, 3, None, *texts)
    assert hello[:2] == ("hello", position)
    assert change[:2] == ("change", position + 1)
    assert following[:2] == ("change", position + 2)  # and not the one before it once more
    data = change[2]
    assert (data["what"], data["box"], data["isUnread"]) == ("text", "inbox", True)
    assert data["unread"] == hello[2]["unread"] + 1
    assert "&lt;b&gt;Do you ship?" in data["row"]
    assert f'/conversations/{data["conversation"]}"' in data["row"]


def test_d11_what_was_missed_is_replayed_once(office: Office) -> None:
    position = office.sms.conversations.position("manager")
    for nth in (11, 12, 13):
        text(office, nth)
    text(office, 11 + 100)  # the same number again
    _, *missed, after = events(office, 6, position, *[lambda: None] * 4, lambda: text(office, 14))
    assert [event[1] for event in missed] == [position + nth for nth in (1, 2, 3, 4)]
    assert after[1] == position + 5
    # The row of a conversation comes with its last change: there is one of each.
    assert ["row" in event[2] for event in missed] == [False, True, True, True]
    _, *rest = events(office, 3, position + 3, lambda: None)
    assert [event[1] for event in rest] == [position + 4, position + 5]


def test_d11_a_keyword_opens_no_conversation_in_the_list(office: Office) -> None:
    _, *changes = events(office, 3, None, lambda: text(office, 20, "JOIN"))
    assert {change[2]["what"] for change in changes} == {"consent", "text"}
    assert not any("row" in change[2] for change in changes)


def test_d11_too_much_or_a_strange_position_is_read_anew(office: Office) -> None:
    position = office.sms.conversations.position("manager")
    assert [event[0] for event in events(office, 2, position + 1000)] == ["hello", "anew"]
    with office.store.database.transaction() as connection:
        connection.execute(
            """INSERT INTO sms_feed SELECT $from + nth, 'read', '+16175550111', TIMESTAMP '2026-06-01 16:00:00'
            FROM range(1, $many + 1) r(nth)""",
            {"from": position, "many": REPLAYED},
        )
    anew = events(office, 2, position)[1]
    assert (anew[0], anew[1]) == ("anew", position + REPLAYED)


def test_d02_a_stream_ends_with_the_session(office: Office) -> None:
    def pass_by() -> None:
        office.clock.pass_by(LASTS + timedelta(seconds=1))
        text(office, 30)

    assert [event[0] for event in events(office, 2, None, pass_by)] == ["hello", "ended"]


def test_d02_a_stream_ends_with_the_role(office: Office) -> None:
    manager = office.users["manager"]

    def demote() -> None:
        change_role(office.store.database, office.users["owner"], manager.user_id, "analyst")
        text(office, 31)

    assert [event[0] for event in events(office, 2, None, demote)] == ["hello", "ended"]
    change_role(office.store.database, office.users["owner"], manager.user_id, "manager")


def test_d11_streams_end_with_the_server(office: Office) -> None:
    async def take() -> list[bytes]:
        hub, found = Hub(office.desk), []
        async for event in hub.stream(listener(office), None):
            found.append(event)
            hub.end()
        return found

    assert len(run(take())) == 1
