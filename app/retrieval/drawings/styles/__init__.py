"""How the generated pictures are painted: one function per style."""
