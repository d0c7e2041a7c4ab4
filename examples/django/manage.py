"""Django's command line of the example. Needs `pip install segql django "psycopg[binary]"`, and a PostgreSQL:

DATABASE=postgresql://user:password@host/name python manage.py migrate --run-syncdb
DATABASE=postgresql://user:password@host/name python manage.py runserver
"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    execute_from_command_line(sys.argv)
