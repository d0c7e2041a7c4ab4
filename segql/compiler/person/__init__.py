"""A plan over one person: whether it holds, what decided it, and what is missing."""
