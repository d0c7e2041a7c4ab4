"""Stores, engines and imports: where definitions meet data."""
