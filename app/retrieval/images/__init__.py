"""Input pictures: decoding, edits, letterboxing, frame detection, quality."""
