"""The store's file: who may open it, what is in it, how data gets in."""
