"""Definitions of other systems: into this language and, where that is asked for, back. One folder or file a system."""
