"""Tracked shares: ids in the addresses that people share, and the script that puts them there."""
