"""What stands where in a log line: layouts, and the directives of web servers that describe them."""
