"""Showing what was found: Parquet, terminal and JSON. Nothing here computes a number."""
