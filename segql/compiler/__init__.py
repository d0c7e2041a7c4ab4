"""Text to SQL: read pipeline.py first."""
