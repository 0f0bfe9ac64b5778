"""The search engine: from one photo to an answer with its explanation."""
