"""What a process under test must not do, noted down by the process itself."""
