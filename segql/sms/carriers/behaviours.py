"""How the simulated network treats texts: ten behaviours, in the shares seen in real life, and what its words mean."""

from dataclasses import dataclass
from typing import Literal

STATUS: dict[str, Literal["sent", "delivered", "failed"]] = {
    "ENROUTE": "sent",
    "DELIVRD": "delivered",
    "UNDELIV": "failed",
    "REJECTD": "failed",
    "EXPIRED": "failed",
}


@dataclass(frozen=True)
class Behaviour:
    """How the network treats a text: its answer, the receipts that follow, and how many texts fare so."""

    receipts: tuple[str, ...] = ()
    refused: str | None = None
    busy_once: bool = False
    receipt_first: bool = False
    share: float = 0.0


# The index is the last digit of a number that asks for the behaviour.
BEHAVIOURS = (
    Behaviour(receipts=("DELIVRD",), share=0.935),
    Behaviour(receipts=("UNDELIV",), share=0.015),
    Behaviour(receipts=("REJECTD",), share=0.004),
    Behaviour(receipts=("EXPIRED",), share=0.010),
    Behaviour(receipts=("DELIVRD", "DELIVRD"), share=0.005),
    Behaviour(receipts=("DELIVRD", "UNDELIV"), share=0.002),
    Behaviour(refused="invalid_number", share=0.008),
    Behaviour(receipts=("DELIVRD",), busy_once=True, share=0.005),
    Behaviour(share=0.010),
    Behaviour(receipts=("DELIVRD",), receipt_first=True, share=0.006),
)
REASONS = {"UNDELIV": "unreachable", "REJECTD": "carrier_violation", "EXPIRED": "expired"}
