"""The closed algebra between conditions and engines, and what can be said of a plan without running it."""
