"""The knowledge base: TOML files to `Knowledge`, checked as a whole and sealed."""
