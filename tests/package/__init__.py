"""The distributions: built, compared with the project, installed into an empty environment."""
