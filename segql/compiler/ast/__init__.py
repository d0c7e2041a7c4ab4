"""What the nodes of the syntax tree have in common, and what English needs to know besides them."""
