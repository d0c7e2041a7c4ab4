"""What the attributes that are predicted are called where people read them."""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "number_of_orders": "Orders so far",
    "days_between_orders": "Days between orders",
    "rfm_group": "Kind of customer",
    "predicted_orders": "Orders to expect in a year",
    "predicted_clv": "Value to expect in a year",
    "total_clv": "Value, past and expected",
    "churn_risk": "Risk of having left",
    "expected_next_order": "Next order expected",
}
SHARES = ("churn_risk",)
MONEY = ("predicted_clv", "total_clv")
