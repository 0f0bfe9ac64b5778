"""Media stores: files that all servers share, in a folder or in a bucket."""
