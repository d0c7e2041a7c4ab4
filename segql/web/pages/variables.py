"""What a text can have in double braces: attributes, coupons, links; as the editor of texts offers them."""

from dataclasses import dataclass

from segql.sms.render import variable_name
from segql.web.desk import Desk


@dataclass(frozen=True)
class Variable:
    """Something to put into a text: what is written, what it is called, and what it stands for."""

    written: str
    name: str
    about: str


_FUNCTIONS = (
    Variable("{{ link('https://') }}", "link", "A short link, one for each person, whose clicks are counted"),
    Variable(
        "{{ unsubscribe_link() }}", "unsubscribe_link", "A link to a page with a button that unsubscribes"
    ),
)


def variables(desk: Desk) -> list[Variable]:
    """Links, coupons of the pools that there are, and the account's attributes, first the name."""
    pools = [
        Variable(
            f"{{{{ coupon('{pool.name}') }}}}",
            f"coupon {pool.name}",
            f"A code of one's own, {pool.free:,} free",
        )
        for pool in desk.sms.outbound.coupons()
        if "'" not in pool.name and "\\" not in pool.name
    ]
    attributes = []
    for attribute in desk.store.catalog.attributes:
        name = variable_name(attribute.name)
        default = "there" if attribute.type == "text" else "0"
        written = f"{{{{ {name} | default('{default}') }}}}"
        attributes.append(Variable(written, name, f"{attribute.name}, {attribute.type}"))
    attributes.sort(key=lambda one: (one.name != "first_name", one.name))
    return [*attributes[:1], *_FUNCTIONS, *pools, *attributes[1:]]
