"""Statements of analysts and `why`: their tables, and the commands that print them."""
