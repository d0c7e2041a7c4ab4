"""The API by its own document: made-up requests, right and wrong ones, are answered as the document says."""

from datetime import timedelta

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from segql.web.access.attempts import Attempts
from segql.web.access.visitors import COOKIE
from tests.web.office import Office


def test_operations_do_what_their_document_says(office: Office) -> None:
    office.desk.requests = Attempts(10**9, timedelta(minutes=1), office.clock)
    document = schemathesis.openapi.from_asgi("/api/openapi.json", office.app)
    headers = {"sec-fetch-site": "same-origin", "cookie": f"{COOKIE}={office.session('owner')}"}
    asked = 0
    for found in document.get_all_operations():

        @given(case=found.ok().as_strategy())
        @settings(max_examples=15, suppress_health_check=list(HealthCheck))
        def is_answered_as_described(case: Case) -> None:
            # A text of the language may fit the document and be none; everything else is checked.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        is_answered_as_described()
        asked += 1
    assert asked > 30
