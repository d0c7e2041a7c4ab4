"""Pictures that are to go with campaigns, flows and replies."""

from typing import Annotated

from fastapi import File, Form, UploadFile
from pydantic import BaseModel

from segql.sms.pictures import LARGEST_BYTES
from segql.web.access.visitors import Converser
from segql.web.api.operation import api_router
from segql.web.desk import AtDesk

router = api_router()


class Added(BaseModel):
    """The address of a picture, as campaigns, flows and replies take it."""

    address: str


@router.post("/pictures", status_code=201)
def add_picture(
    desk: AtDesk,
    who: Converser,
    file: Annotated[UploadFile, File(description="PNG, JPEG or GIF")],
    about: Annotated[str, Form(max_length=300, description="What it shows, in words")] = "",
) -> Added:
    """Keep a picture or GIF. What no text has a day later is removed."""
    content = file.file.read(LARGEST_BYTES + 1)
    return Added(address=desk.sms.outbound.add_picture(who.actor, who.role, content, about))
