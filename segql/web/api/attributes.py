"""Attributes of everybody: what they were before, and what orders let one expect."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Importer
from segql.web.api.operation import Body, api_router
from segql.web.api.tables import json_answer
from segql.web.desk import AtDesk

router = api_router()


class AttributeName(Body):
    """An attribute that holds text."""

    name: Annotated[str, Field(min_length=1, max_length=300)]


class KeptAnswer(BaseModel):
    """Whether it was not kept yet."""

    new: bool


class PredictionBody(Body):
    """The instant up to which orders are read: the present by default."""

    as_of: AwareDatetime | None = None


@router.post("/attributes/history")
def keep_history(desk: AtDesk, who: Importer, body: AttributeName) -> KeptAnswer:
    """Keep from now on what an attribute was before, for `has been ... for ...`."""
    return KeptAnswer(new=desk.store.keep_history(body.name, desk.clock()))


@router.post("/predict", response_model=dict[str, Any])
def predict(desk: AtDesk, who: Importer, body: PredictionBody) -> Response:
    """Predict everybody's orders and their worth from past orders, and write it down as attributes."""
    try:
        return json_answer(asdict(desk.store.predict(body.as_of or desk.clock())))
    except ModuleNotFoundError as error:
        if error.name != "scipy":
            raise
        raise WebError(
            WebCode.NOT_INSTALLED,
            "The server has nothing to predict with.",
            "pip install 'segql[predict]' there.",
        ) from error
