"""The engines that SQL can be written for, one module each."""

from types import ModuleType

from segql.compiler.sql.dialects import duckdb

DIALECTS: dict[str, ModuleType] = {duckdb.NAME: duckdb}
