"""The monthly report: what a month's searches say, drawn as PDF and mailed."""
