"""Visitors' searches: admission, answers, evidence, history, sharing."""
