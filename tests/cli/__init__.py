"""Tests of Morelli."""
