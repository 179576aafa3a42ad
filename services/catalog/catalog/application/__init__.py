"""What the catalog can be asked to do, one small function per use case."""
