"""Account pages: registration, login, mails, tokens."""
