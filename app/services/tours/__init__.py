"""Tours that curators put together: read by visitors, edited with an audit trail."""
