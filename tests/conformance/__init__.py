"""The conformance file: people, definitions, and who is in; and those who have to agree with it."""
