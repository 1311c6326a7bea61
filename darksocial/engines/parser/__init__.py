"""Row-local work: lines to hits to requests, as SQL that DuckDB executes in every engine."""
