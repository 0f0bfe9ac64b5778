"""Web addresses that somebody names: guarded connections, fetching, circuit breaker."""
