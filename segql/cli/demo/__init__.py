"""The made-up shop of `segql demo`, and the story told with it."""
