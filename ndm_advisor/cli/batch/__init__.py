"""Many cases in one run: find them, judge each alone, write them in order."""
