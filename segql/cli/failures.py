"""Exceptions as people meet them: a message with its code and what to do, and the exit code for it."""

from segql.cli.output import write_diagnostics, write_error


def write_failure(error: Exception) -> int:
    """Write what went wrong on standard error; the exit code. What is no mistake of the user is said to be ours."""
    from segql.compiler.diagnostics.diagnostic import DefinitionError

    if isinstance(error, DefinitionError):
        write_diagnostics(error.diagnostics)
        return 1
    code, message, remedy = (getattr(error, name, None) for name in ("code", "message", "remedy"))
    if code and message:
        write_error(f"error {code}: {message}" + (f"\n = {remedy}" if remedy else ""))
        return 1
    write_error(
        f"error: {type(error).__name__}: {error}\n"
        " = this is a fault of segql; run it again with SEGQL_TRACEBACK=1 and report what it prints"
    )
    return 1
