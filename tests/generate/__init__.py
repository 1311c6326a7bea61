"""Pages and goldens that are generated from the code."""
