"""What must hold of a row, what it meets in the pool, and what is doubtful about it."""
