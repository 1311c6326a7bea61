"""The finished report: its values, how they are counted, and summary.json."""
