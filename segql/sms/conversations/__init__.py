"""Conversations with customers: who texted, what was said, and answers. Only customers open them."""
