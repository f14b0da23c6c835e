"""Pages to print and to paste: one case, or a batch, as HTML or Markdown."""
