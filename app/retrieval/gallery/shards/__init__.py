"""A gallery cut into shards that workers on several machines hold, searched as one."""
