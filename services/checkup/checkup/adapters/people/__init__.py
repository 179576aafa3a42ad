"""Where what people say about a solution is kept, and where its questions and rules come from."""
