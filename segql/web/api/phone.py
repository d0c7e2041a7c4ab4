"""The simulated phone: texting the account as a customer does, while the simulated carrier is in use."""

from typing import Annotated

from pydantic import Field

from segql.sms.phone import Exchange
from segql.web.access.visitors import Converser
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()


class PhoneText(Body):
    """Which phone texts (E.164), and what."""

    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{4,14}$")]
    text: Annotated[str, Field(min_length=1, max_length=1_600)]


@router.post("/phone/text")
def text(desk: AtDesk, who: Converser, body: PhoneText) -> Exchange:
    """Text the account, and see what comes back."""
    return desk.sms.text_from_phone(body.number, body.text)
