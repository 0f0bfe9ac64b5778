"""Cluster on one machine: several servers, each in a network of its own."""
