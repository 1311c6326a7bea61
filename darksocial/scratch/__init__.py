"""Temporary files and folders, which do not outlive the process, however it ends."""
