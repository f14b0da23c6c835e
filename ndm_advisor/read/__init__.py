"""Case files to cases: text in, a valid `Case` out, or every problem at once."""
