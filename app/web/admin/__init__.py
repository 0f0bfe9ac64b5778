"""Admin pages: dashboard, evaluation, recognition, accounts, audit trail, health."""
