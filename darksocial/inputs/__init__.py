"""From what the user named to numbered lines: which files, and in which format each."""
