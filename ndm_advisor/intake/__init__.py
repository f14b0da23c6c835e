"""From a laboratory's own file to case files: formats in, observations between, cases out."""
