"""The command line: a face on everything below."""
