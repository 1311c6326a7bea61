"""What stands where in a log line: layouts, and the servers' directives that describe them."""
