"""The page, asked in a real database: `python manage.py test`."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import TestCase

import segql
from shop.models import Customer, Order

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class CustomersTest(TestCase):
    """Twelve regulars in France, and three people of whom each is something else."""

    @classmethod
    def setUpTestData(cls) -> None:
        for number in range(12):
            regular = cls.customer(f"Regular {number:02}", country="France", tags=["Café"])
            for days in (3, 40):
                cls.order(regular, days, total="30.00")
        cls.order(cls.customer("Ada", country="France"), 400, lines=[{"Product": "Hat", "Price": 19.5}])
        cls.order(cls.customer("Ben", country="Spain", birthday=date(1990, 6, 3)), 2, total="120.50")
        cls.customer("Cleo", country="Spain")

    @staticmethod
    def customer(name: str, **values: Any) -> Customer:
        email = f"{name.replace(' ', '')}@example.com"
        return Customer.objects.create(name=name, email=email, joined=NOW - timedelta(days=500), **values)

    @staticmethod
    def order(customer: Customer, days: int, total: str = "10.00", **values: Any) -> None:
        at = NOW - timedelta(days=days)
        Order.objects.create(customer=customer, placed_at=at, total=total, channel="web", **values)

    def meant(self, definition: str) -> list[str]:
        found = Customer.objects.meant_by(definition, now=NOW).order_by("name")
        return list(found.values_list("name", flat=True))

    def test_definitions_are_filters(self) -> None:
        self.assertEqual(self.meant('country is "spain" and not did "Placed Order"'), ["Cleo"])
        self.assertEqual(self.meant("birthday in the next 7 days, any year"), ["Ben"])
        self.assertEqual(self.meant('not in segment "Regulars" and historic_clv more than 100'), ["Ben"])
        self.assertEqual(
            self.meant('did "Placed Order" where any item of Lines where Price more than 15'), ["Ada"]
        )
        self.assertEqual(len(self.meant('tags contains "CAFÉ"')), 12)

    def test_they_compose_with_other_filters(self) -> None:
        chosen = (
            Customer.objects.filter(country="France", name__contains="%")
            | Customer.objects.filter(country="Spain")
        ).meant_by('did "Placed Order" in the last 30 days', now=NOW)
        self.assertEqual([customer.name for customer in chosen.exclude(email="")], ["Ben"])
        self.assertEqual(chosen.count(), 1)
        self.assertFalse(chosen.filter(orders__total__lt=5).exists())
        self.assertEqual(Order.objects.filter(customer__in=chosen).count(), 1)

    def test_the_page_has_pages(self) -> None:
        asked = {"meant": 'did "Placed Order" at least 2 times', "country": "France", "page": "2"}
        self.assertEqual(
            self.client.get("/customers", asked).json(), {"count": 12, "names": ["Regular 10", "Regular 11"]}
        )

    def test_a_mistake_is_told(self) -> None:
        answer = self.client.get("/customers", {"meant": 'contry is "Spain"'})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(
            answer.json()["mistakes"],
            [{"message": 'there is no attribute called "contry"', "remedy": 'did you mean "country"?'}],
        )
        with self.assertRaises(segql.DefinitionError):
            Customer.objects.meant_by("can receive sms")

    def test_values_never_become_part_of_the_query(self) -> None:
        self.customer("O'Brien; DROP TABLE shop_order --", country="100%")
        self.assertEqual(
            self.meant('name is "o\'brien; drop table shop_order --" and country ends with "%"'),
            ["O'Brien; DROP TABLE shop_order --"],
        )
        self.assertIn("shop_order", connection.introspection.table_names())
