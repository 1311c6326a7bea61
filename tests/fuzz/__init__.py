"""Fuzz targets, and atheris on them."""
