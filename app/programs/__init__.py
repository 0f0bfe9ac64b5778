"""Programs that stand on the whole application: ``morelli`` and its subcommands."""
