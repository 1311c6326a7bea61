"""Weighing: from the signals of each visit to probabilities."""
