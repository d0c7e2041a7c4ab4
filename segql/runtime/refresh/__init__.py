"""Memberships of stored segments, refreshed together and kept right as data arrives and as time passes."""
