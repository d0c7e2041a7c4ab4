"""Words that change consent, and how a text is read for them."""
