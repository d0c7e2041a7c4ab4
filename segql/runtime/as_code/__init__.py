"""Segments as code: what a folder of definitions would change, doing it, and writing what is stored into a folder."""
