"""Pages of filters that curators keep, of terms and their codes, and suggestions."""
