"""The operator's commands: ``flask accounts``, ``imports``, ``worker`` and others."""
