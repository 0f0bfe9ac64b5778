"""Commands of the operator: ``flask accounts``, ``imports``, ``worker`` and others."""
