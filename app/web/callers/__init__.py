"""Who is calling: visitors, tokens, access rules, throttling, uploads."""
