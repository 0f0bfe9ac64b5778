"""Years of dates in words: vocabulary, Extended Date/Time Format, reading."""
