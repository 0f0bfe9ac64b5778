"""Tests of what an operator gets beside the program."""
