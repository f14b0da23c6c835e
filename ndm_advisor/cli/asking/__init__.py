"""Questions and answers at a terminal: plain lines in, a case out."""
