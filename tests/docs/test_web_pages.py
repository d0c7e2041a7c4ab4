"""The pages about the web application: the table of rights is the one of the code, and the requests are answered."""

import json
import re

import pytest

from segql.web.access.rights import RIGHTS, ROLES, Right
from tests.docs.pages import DOCS, Block, blocks
from tests.web.conftest import office, shop
from tests.web.office import Office

__all__ = ["office", "shop"]


def test_the_table_of_rights_is_the_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", (DOCS / "web.md").read_text("utf-8"), re.MULTILINE)
    told = {
        (right, role)
        for right, cells in rows
        for role, cell in zip(ROLES, cells.split("|"), strict=True)
        if "yes" in cell
    }
    assert told == {(right, role) for role in ROLES for right in RIGHTS[role]}
    assert {right for right, _ in rows} == set(Right)


REQUESTS = blocks(DOCS / "api.md", "http")


@pytest.mark.parametrize("block", REQUESTS, ids=[block.place for block in REQUESTS])
def test_a_request_is_answered(office: Office, block: Block) -> None:
    line, _, body = block.text.partition("\n")
    method, path = line.split()
    client = office.client("owner")
    client.post("/api/segments", json={"text": 'segment "Regulars": did "Placed Order" at least twice ever'})
    answer = client.request(method, path, json=json.loads(body) if body.strip() else None)
    assert answer.status_code == 200, answer.text
