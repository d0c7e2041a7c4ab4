"""Questions one after the other, at a prompt."""
