"""A slow and obvious reading of the language over plain Python objects, to hold the compiler against."""
