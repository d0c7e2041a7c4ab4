"""The pages about segments: the list, one segment and its parts, versions, export, removal; and names of all kinds."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pyarrow as pa
import pytest
from pyarrow import csv, feather, parquet

from segql.sms import Campaign
from segql.web.access.rights import Role
from segql.web.addresses import segment_path
from tests.web.office import Office

HOSTILE = '<script>alert(1)</script> & "quotes"'
NAMES = [
    HOSTILE,
    "a/b",
    "50% off",
    "%2F",
    "~2F",
    "..",
    ".",
    "new",
    "NEW",
    "removed",
    "x?y#z",
    "back\\slash",
    "Ünïcode 🎉",
    "\u202emirrored",
    "n" * 200,
    " spaces around ",
    "everybody",
    "a/members",
]
PARTS = ("size", "cost", "growth", "growth?by=week", "growth?by=month", "reach", "examples", "people")


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture(scope="module", autouse=True)
def _refreshed(office: Office) -> Iterator[None]:
    office.store.refresh(now=office.clock())
    yield


def page(office: Office, path: str, role: Role = "owner", status: int = 200) -> str:
    answer = office.client(role).get(path)
    assert answer.status_code == status, f"{path}: {answer.text[:400]}"
    return answer.text


def test_the_list_tells_sizes_shares_tags_and_uses(office: Office) -> None:
    text = page(office, "/segments", "analyst")
    count = office.store.count("SMS Subscribers", office.clock())
    assert f">{count:,}<" in text
    assert f"of your {office.store.population():,} people" in text
    for said in ("Winback", "Good customers who went quiet", "retention", "Counted at"):
        assert said in text
    assert 'title="the segment &#34;Winback&#34;"' in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=winback", ["Winback"]),
        ("q=SMS+vip", ["SMS VIPs"]),
        ("q=went+quiet", ["Winback"]),
        ("q=retention", ["Winback"]),
        ("tag=Retention", ["Winback"]),
        ("tag=retention&q=women", []),
    ],
)
def test_searching(office: Office, query: str, names: list[str]) -> None:
    text = page(office, f"/segments?{query}")
    found = [one.name for one in office.store.catalog.segments if f"<bdi>{one.name}</bdi></a>" in text]
    assert found == names
    assert ("No segment has" in text) is not bool(names)


def test_sorting_by_size(office: Office) -> None:
    sizes = {name: size.now for name, size in office.store.sizes(office.clock()).items()}
    for up in (True, False):
        text = page(office, f"/segments?sort=size&up={str(up).lower()}")
        shown = sorted(sizes, key=lambda name: text.index(f"<bdi>{name}</bdi></a>"))
        assert [sizes[name] for name in shown] == sorted(sizes.values(), reverse=not up)


def test_a_part_of_the_list_comes_without_its_frame(office: Office) -> None:
    headers = {"hx-request": "true", "hx-target": "div#listed"}
    answer = office.client("owner").get("/segments?q=winback", headers=headers)
    assert answer.text.lstrip().startswith('<div id="listed"')
    assert "Winback" in answer.text


def test_a_segment_says_what_it_means(office: Office) -> None:
    text = page(office, "/segments/winback", "analyst")
    assert '<span class="tok-event">&#34;Placed Order&#34;</span>' in text
    assert "People who are in the segment" in text
    assert "when data about anybody arrives" in text
    assert f'href="{segment_path("SMS VIPs")}"' in text
    vips = page(office, segment_path("SMS VIPs"))
    assert "by the segment &#34;Winback&#34;" in vips


def test_the_parts_of_its_page(office: Office) -> None:
    for segment in office.store.catalog.segments:
        for part in PARTS:
            page(office, f"{segment_path(segment.name)}/{part}")


def test_the_size_is_the_live_one(office: Office) -> None:
    count = office.store.count("SMS Women", office.clock())
    assert f"<dd>{count:,}</dd>" in page(office, f"{segment_path('SMS Women')}/size")


def test_growth_is_asked_as_of_each_end(office: Office) -> None:
    text = page(office, f"{segment_path('SMS Engaged (30 days)')}/growth?by=week")
    asked = 'trend in segment "SMS Engaged (30 days)" over the last 26 weeks by week'
    counts = office.store.ask(asked, office.clock())["count"].to_pylist()
    assert [f'<td class="figure">{count:,}</td>' in text for count in counts] == [True] * len(counts)
    assert f"31 May 2026: {counts[-2]:,}" in text


def test_the_overlap_adds_up(office: Office) -> None:
    text = page(
        office,
        f"{segment_path('SMS Women')}/overlap?with=SMS+Subscribers&with=SMS+VIPs&with=&with=Nobody",
    )
    count = office.store.count('in segment "SMS Women" and in segment "SMS VIPs"', office.clock())
    women = office.store.count("SMS Women", office.clock())
    shown = [int(part.split("<")[0].replace(",", "")) for part in text.split('<td class="figure">')[1:]]
    assert sum(shown) == women
    assert count in shown
    assert "Nobody" not in text


def test_examples_that_do_not_hold_are_told(office: Office) -> None:
    assert "All 3 hold" in page(office, "/segments/Winback/examples")
    office.store.save_segments(
        'segment "Wrong": can receive sms expect in: {} expect out: {}', office.clock()
    )
    text = page(office, "/segments/Wrong/examples")
    assert "1 of 2 wrong" in text
    assert "This person is out." in text


def test_people_and_why(office: Office) -> None:
    members = office.store.members("Winback", office.clock())
    text = page(office, "/segments/Winback/people", "analyst")
    first = members["profile_id"][0].as_py()
    assert members["external_id"][0].as_py() in text
    why = page(office, f"/segments/Winback/why/{first}", "analyst")
    assert "Placed Order" in why
    assert "Holds:" in why
    page(office, "/segments/Winback/why/999999", status=404)


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_members_as_a_file(office: Office, form: str) -> None:
    answer = office.client("admin").get(f"/segments/Winback/members?as={form}")
    read = {"csv": csv.read_csv, "parquet": parquet.read_table, "arrow": feather.read_table}[form]
    table: pa.Table = read(BytesIO(answer.content))
    assert table["profile_id"].to_pylist() == (
        office.store.members("Winback", office.clock())["profile_id"].to_pylist()
    )
    assert f"Winback.{form}" in answer.headers["content-disposition"]
    assert office.client("manager").get(f"/segments/Winback/members?as={form}").status_code == 403
    assert office.client("owner").get("/segments/Winback/members?as=exe").status_code == 422


def test_versions_and_going_back(office: Office) -> None:
    store = office.store
    for least in (1, 2):
        store.save_segments(
            f'segment "Orders": did "Placed Order" at least {least} times', office.clock(), author="ann@acme"
        )
    text = page(office, "/segments/Orders")
    assert "Version 2" in text
    assert "by ann@acme" in text
    changed = page(office, "/segments/Orders/versions/2", "manager")
    one, two = (store.count(f'did "Placed Order" at least {least} times', office.clock()) for least in (1, 2))
    assert f"0 came by it and {one - two:,} went" in changed
    assert "Went: <bdi>C" in changed
    assert '<span class="added">' in changed
    assert "Go back" not in changed
    assert "Go back to version 1" in page(office, "/segments/Orders/versions/1", "manager")
    answer = office.client("manager").post("/segments/Orders/versions/1/restore")
    assert answer.headers["location"] == "/segments/Orders"
    versions = store.versions("Orders")
    assert versions[2].segment == versions[0].segment
    assert versions[2].author == "manager@acme.example"
    page(office, "/segments/Orders/versions/9", status=404)


def test_a_version_that_holds_no_more_is_told(office: Office) -> None:
    office.store.save_segments('segment "Once": everybody', office.clock())
    with office.store.database.transaction() as connection:
        connection.execute("UPDATE segment_versions SET definition = 'planet is 1' WHERE name = 'Once'")
    office.store.save_segments('segment "Once": in list "VIP newsletter"', office.clock())
    assert "Who came and went cannot be told" in page(office, "/segments/Once/versions/2")
    assert office.client("owner").post("/segments/Once/versions/1/restore").status_code == 422


def test_removing(office: Office) -> None:
    office.store.save_segments('segment "Gone soon": everybody', office.clock())
    answer = office.client("manager").post(segment_path("Gone soon", "remove"))
    assert answer.headers["location"] == "/segments"
    assert office.store.catalog.segment("Gone soon") is None
    assert office.store.versions("Gone soon")[-1].removed_by == "manager@acme.example"
    page(office, segment_path("Gone soon"), status=404)


def test_a_removed_segment_is_brought_back(office: Office) -> None:
    for name in ("removed", HOSTILE, "a/b gone"):
        text = f"segment {quoted(name)}: -- agreed\n not everybody"
        office.store.save_segments(text.replace("not ", ""), office.clock())
        office.store.save_segments(text, office.clock())
        office.store.remove_segments([name], author="ann", at=office.clock())
        count = len(office.store.removed_segments())
        assert f'/segments/removed">{count} removed' in page(office, "/segments")
        listed = page(office, "/segments/removed")
        found = office.client("manager").get("/api/removed-segments").json()
        assert len(found) == count and name in {one["segment"]["name"] for one in found}
        assert "<script>alert" not in listed
        for said in ("by ann", "-- agreed", "2 versions", segment_path(name, "versions", 2, "restore")):
            assert said in listed
        assert "Version 1" in page(office, segment_path(name, "versions"))
        assert "Go back to version 2" in page(office, segment_path(name, "versions", 2))
    back = office.client("manager").post(segment_path("REMOVED", "versions", 1, "restore"))
    assert back.headers["location"] == segment_path("removed") != "/segments/removed"
    assert "agreed" in page(office, segment_path("removed"))
    assert "<bdi>removed</bdi>" not in page(office, "/segments/removed")
    assert office.store.versions("removed")[-1].number == 3


def test_what_uses_a_segment_is_a_click_away(office: Office) -> None:
    to = Campaign("Winback by SMS", ('in segment "Winback"',), "Hi.")
    office.sms.outbound.schedule("una", "manager", to, office.clock() + timedelta(days=1))
    (campaign_id,) = (
        key for key, one in office.sms.outbound.all_written().items() if one.message.name == to.name
    )
    text = page(office, "/segments/Winback")
    assert f'<a href="/campaigns/{campaign_id}"><bdi>Winback by SMS</bdi></a>' in text
    assert "cannot be read" not in text
    with office.store.database.transaction() as connection:
        connection.execute(
            "UPDATE sms_campaigns SET definition = replace(definition::VARCHAR, 'in segment', 'among those of')"
            " WHERE campaign_id = ?",
            [campaign_id],
        )
    text = page(office, "/segments/Winback")
    assert "The condition of the campaign" in text and "whether it uses this segment is not known" in text


def test_what_is_used_is_not_removed(office: Office) -> None:
    answer = office.client("owner").post(segment_path("SMS VIPs", "remove"))
    assert answer.status_code == 409
    assert "uses the segment" in answer.text
    assert "It cannot be removed while it is used" in page(office, segment_path("SMS VIPs"))


def test_a_segment_that_holds_no_more_is_marked(office: Office) -> None:
    office.store.save_segments('segment "Broken": everybody', office.clock())
    with office.store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'planet is 1' WHERE name = 'Broken'")
    reason = "there is no attribute"
    assert "Holds no more:" in page(office, "/segments")
    text = page(office, "/segments/Broken")
    assert "This segment holds no more" in text
    assert "planet" in text
    assert reason.split()[-1] in text


@pytest.mark.parametrize("name", NAMES)
def test_any_name_has_a_page(office: Office, name: str) -> None:
    office.store.save_segments(f"segment {quoted(name)} {quoted(HOSTILE)}: can receive sms", office.clock())
    stored = office.store.versions(name)[-1].segment.name
    path = segment_path(stored)
    text = page(office, path)
    assert "<script>alert" not in text
    assert "/segments/" in path
    for part in PARTS:
        assert "<script>alert" not in page(office, f"{path}/{part}")
    assert "<script>alert" not in page(office, "/segments")
    answer = office.client("owner").post(f"{path}/remove")
    assert answer.status_code == 303
    assert office.store.catalog.segment(stored) is None


def test_what_a_role_may_not_do_is_not_shown(office: Office) -> None:
    manager, owner = (page(office, "/segments/Winback", role) for role in ("manager", "owner"))
    assert "Export" in owner
    assert "Export" not in manager
    assert "Remove" in manager


def test_a_new_segment_is_counted_soon(office: Office) -> None:
    office.store.save_segments('segment "Just made": everybody', office.clock())
    text = page(office, "/segments")
    assert "counting" in text
    assert 'hx-trigger="every 3s"' in text
    office.store.refresh(now=office.clock() + timedelta(seconds=1))
    assert 'hx-trigger="every 3s"' not in page(office, "/segments")


def test_an_account_without_segments_is_led_to_one(office: Office) -> None:
    with office.store.database.transaction() as connection:
        connection.execute("CREATE TABLE kept AS FROM segments")
        connection.execute("DELETE FROM segments")
    try:
        text = page(office, "/segments")
        assert "No segments yet" in text
        assert 'href="/segments/new"' in text
    finally:
        with office.store.database.transaction() as connection:
            connection.execute("INSERT INTO segments FROM kept; DROP TABLE kept")


def test_templates_are_read_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    page(office, "/segments")

    def read(*_: object, **__: object) -> None:
        raise AssertionError("it was read before")

    monkeypatch.setattr("jinja2.Environment.compile", read)
    assert "Segments" in page(office, "/segments")
