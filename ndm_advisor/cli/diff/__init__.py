"""`knowledge diff`: two bases, or two guidelines, over the same cases."""
