"""From requests to visits: who came, what a visit is, and what happened around it."""
