"""Customers and orders, as any shop has them; and customers who are meant by a definition."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models.expressions import RawSQL

from shop.segments import compiled


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Queries about customers."""

    def meant_by(self, definition: str, now: datetime | None = None) -> Self:
        """Those whom a definition means, as one more filter. Raises `segql.DefinitionError`, which says where it is wrong
        and what to do."""
        query = compiled(definition, connections[self.db].vendor).sql(now=now)
        return self.filter(pk__in=RawSQL(*query.for_psycopg()))  # noqa: S611  # values are bound, names quoted


class Customer(models.Model):
    """Who buys."""

    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    country = models.CharField(max_length=60, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    birthday = models.DateField(null=True)
    joined = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """What was bought."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    placed_at = models.DateTimeField()
    total = models.DecimalField(max_digits=10, decimal_places=2)
    channel = models.CharField(max_length=20)
    lines = models.JSONField(default=list)

    class Meta:
        # What windows and single people are looked up by.
        indexes = (models.Index(fields=["customer", "placed_at"]), models.Index(fields=["placed_at"]))

    def __str__(self) -> str:
        return f"order {self.pk}"
