"""Keys, sealed fields and digests; an algorithm id stands with every one, so that algorithms can change."""
