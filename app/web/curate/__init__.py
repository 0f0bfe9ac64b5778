"""Curators' pages: works, imports, survey, index, map, tasks, audit trail."""
