"""Files into the store, by a map."""
