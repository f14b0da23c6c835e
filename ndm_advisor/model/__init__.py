"""The vocabulary: plain frozen types, and the pydantic models of a case."""
