"""What leaves the process: lines and addresses of pages without personal data."""
