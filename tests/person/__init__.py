"""Plans evaluated over one person: agreement with SQL, evidence, and what time alone changes."""
