"""`python -m segql`: the command line."""

from segql.cli.main import run

run()
