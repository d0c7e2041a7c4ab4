"""Tests of the SMS module."""
