"""A shop: customers, their orders, and whom a marketer means."""
