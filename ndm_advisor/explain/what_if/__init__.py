"""What would change the advice, and what is worth asking next: computed by comparing outlines."""
