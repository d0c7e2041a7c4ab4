"""What names exist in an account."""
