"""What definitions mean: SQL on a store held against the reference, and the laws of the language."""
