"""Webhooks: other programs are told of events, signed, from an outbox."""
