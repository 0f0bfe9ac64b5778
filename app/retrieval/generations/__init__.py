"""Generations: index folders that are built, validated and published."""
