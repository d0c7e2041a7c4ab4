"""Messages about definitions: their data, the catalogue of codes, how they are shown."""
