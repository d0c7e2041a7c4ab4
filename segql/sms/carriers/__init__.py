"""Ways to a phone, one module each."""
