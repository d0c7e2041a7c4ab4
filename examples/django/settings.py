"""The example's settings: a database, one app, its pages. What a real site has beside them changes nothing here."""

import os

from psycopg.conninfo import conninfo_to_dict

_address = conninfo_to_dict(os.environ["DATABASE"])

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.get("dbname", ""),
        "USER": _address.get("user", ""),
        "PASSWORD": _address.get("password", ""),
        "HOST": _address.get("host", ""),
        "PORT": _address.get("port", ""),
    }
}
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.pages"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SECRET_KEY = "only for the example"  # noqa: S105
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
