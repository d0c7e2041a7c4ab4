"""One page: customers whom a definition means, narrowed by the site's own filter, in pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, JsonResponse
from django.urls import path

import segql
from shop.models import Customer


def customers(request: HttpRequest) -> JsonResponse:
    """`?meant=DEFINITION&country=...&page=...`: names in their order, ten a page; 400 where the definition is wrong."""
    found = Customer.objects.order_by("name")
    if country := request.GET.get("country"):
        found = found.filter(country=country)
    if definition := request.GET.get("meant"):
        try:
            found = found.meant_by(definition)
        except segql.DefinitionError as error:
            mistakes = [{"message": one.message, "remedy": one.remedy} for one in error.diagnostics]
            return JsonResponse({"mistakes": mistakes}, status=400)
    page = Paginator(found, 10).get_page(request.GET.get("page"))
    return JsonResponse({"count": page.paginator.count, "names": [customer.name for customer in page]})


urlpatterns = [path("customers", customers)]
