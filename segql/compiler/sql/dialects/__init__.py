"""The engines that SQL can be written for, one module each."""

from segql.compiler.sql.dialects import duckdb
from segql.compiler.sql.dialects.dialect import Dialect

DIALECTS: dict[str, Dialect] = {duckdb.NAME: duckdb}
