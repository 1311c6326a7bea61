"""From names to numbered lines: which files are read, and in which format each."""
