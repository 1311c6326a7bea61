"""What campaigns cost and what they brought, and what their shared links brought."""
