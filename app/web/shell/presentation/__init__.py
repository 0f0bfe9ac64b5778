"""Answers and works as pages show them: words, drawings, addresses of pictures."""
