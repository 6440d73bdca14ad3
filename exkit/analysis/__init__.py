"""Tallies become results, one question a module."""
