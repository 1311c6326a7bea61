"""Checks on an analysis: rules, what they found, and how it differs from before."""
