"""The names in reach of a place in a definition."""
