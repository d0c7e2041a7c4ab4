"""Definitions as forms: groups and rows of fields that say exactly what the text says, and back."""
