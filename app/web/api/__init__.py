"""Programmer's interface, version 1; its document is made from its schemas."""
