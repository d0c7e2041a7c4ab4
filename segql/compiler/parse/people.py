"""Rules of consent, channels, messages, membership, places, ranks and samples."""

from decimal import Decimal
from typing import Any, cast

from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Node
from segql.compiler.parse.rules import (
    Children,
    Rules,
    as_name,
    parameter,
    plain,
    span_of,
    text_or_parameter,
    words,
)

_UNITS = {"mile": "miles", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km"}


class PeopleRules(Rules):
    """Rules of consent, channels, membership, places and ranks."""

    def can_receive(self, meta: Meta, children: Children) -> Node:
        transactional, channel = children
        return c.CanReceive.made(
            channel=cast(Any, channel.lower()), transactional=transactional is not None, span=span_of(meta)
        )

    def cannot_receive(self, meta: Meta, children: Children) -> Node:
        return c.Not.made(child=self.can_receive(meta, children), span=span_of(meta))

    def consent_status(self, meta: Meta, children: Children) -> Node:
        status, channel, window, via, method = children
        return c.ConsentStatus.made(
            status=cast(Any, words(status)),
            channel=cast(Any, channel.lower()),
            window=window,
            via=None if via is None else text_or_parameter(via),
            method=method,
            span=span_of(meta),
        )

    def engaged(self, meta: Meta, children: Children) -> Node:
        channel, window = children
        return c.Engaged.made(channel=cast(Any, channel.lower()), window=window, span=span_of(meta))

    def prefers(self, meta: Meta, children: Children) -> Node:
        channel, over, window = children
        return c.Prefers.made(
            channel=cast(Any, channel.lower()),
            over=cast(Any, None if over is None else over.lower()),
            window=window,
            span=span_of(meta),
        )

    def in_list(self, meta: Meta, children: Children) -> Node:
        return c.InList.made(name=text_or_parameter(children[-1]), span=span_of(meta))

    def in_segment(self, meta: Meta, children: Children) -> Node:
        return c.InSegment.made(name=text_or_parameter(children[-1]), span=span_of(meta))

    def moved_list(self, meta: Meta, children: Children) -> Node:
        verb, name, window = children
        way = cast(Any, words(verb).split()[0])
        return c.MovedList.made(way=way, name=text_or_parameter(name), window=window, span=span_of(meta))

    def moved_segment(self, meta: Meta, children: Children) -> Node:
        verb, name, window = children
        way = cast(Any, words(verb).split()[0])
        return c.MovedSegment.made(way=way, name=text_or_parameter(name), window=window, span=span_of(meta))

    def text_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "text")

    def campaign(self, meta: Meta, children: Children) -> Node:
        verb, name, window = children
        return c.CampaignEvent.made(
            verb=cast(Any, words(verb)), name=text_or_parameter(name), window=window, span=span_of(meta)
        )

    def scheduled(self, meta: Meta, children: Children) -> Node:
        return c.IsScheduled.made(campaign=text_or_parameter(children[0]), span=span_of(meta))

    def sent(self, meta: Meta, children: Children) -> Node:
        operator, number, channel, window = children
        how_many = None
        if operator is not None:
            said = words(operator)
            times = number if isinstance(number, c.Parameter) else self.whole(number)
            how_many = c.HowOften.made(
                operator=cast(Any, "fewer than" if said == "less than" else said), times=times
            )
        return c.WasSent.made(
            how_many=how_many, channel=cast(Any, channel.lower()), window=window, span=span_of(meta)
        )

    def sent_exactly(self, meta: Meta, children: Children) -> Node:
        number, channel, window = children
        how_many = c.HowOften.made(operator="exactly", times=self.whole(number))
        return c.WasSent.made(how_many=how_many, channel=channel.lower(), window=window, span=span_of(meta))

    def texted(self, meta: Meta, children: Children) -> Node:
        word, window = children
        return c.Texted.made(word=text_or_parameter(word), window=window, span=span_of(meta))

    def sampled(self, meta: Meta, children: Children) -> Node:
        percent, name = children
        return c.Sampled.made(
            percent=Decimal(percent),
            name=None if name is None else text_or_parameter(name),
            span=span_of(meta),
        )

    def membership(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def within(self, meta: Meta, children: Children) -> Node:
        distance, unit, place = children
        said = unit.lower()
        return c.Within.made(
            distance=Decimal(distance),
            unit=cast(Any, _UNITS.get(said, said)),
            place=place,
            span=span_of(meta),
        )

    def postal_code(self, meta: Meta, children: Children) -> Node:
        code, country = children
        return c.PostalCode.made(code=text_or_parameter(code), country=country.upper(), span=span_of(meta))

    def coordinates(self, meta: Meta, children: Children) -> Node:
        latitude, longitude = children
        return c.Coordinates.made(latitude=latitude, longitude=longitude, span=span_of(meta))

    def named_place(self, meta: Meta, children: Children) -> Node:
        return c.NamedPlace.made(name=text_or_parameter(children[-1]), span=span_of(meta))

    def signed(self, meta: Meta, children: Children) -> Decimal:
        return Decimal(children[-1])

    def minus(self, meta: Meta, children: Children) -> Decimal:
        return -Decimal(children[-1])

    def ranked(self, meta: Meta, children: Children) -> Node:
        end, share, by, among = children
        return c.Ranked.made(
            end=cast(Any, words(end)), by=as_name(by), among=plain(among), span=span_of(meta), **share
        )

    def percent(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"percent": Decimal(children[0])}

    def people(self, meta: Meta, children: Children) -> dict[str, Any]:
        return {"people": self.whole(children[0])}
