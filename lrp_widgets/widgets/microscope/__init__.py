"""One unit's arithmetic, term by term."""
