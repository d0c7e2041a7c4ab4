"""The engines that SQL can be written for, one module each."""

from collections.abc import Mapping

from segql.compiler.sql.dialects import duckdb, postgresql
from segql.compiler.sql.dialects.dialect import Dialect, StoreDialect

# Those that keep a store, and those that own tables may stand in.
STORES: Mapping[str, StoreDialect] = {duckdb.NAME: duckdb}
DIALECTS: Mapping[str, Dialect] = {**STORES, postgresql.NAME: postgresql}
