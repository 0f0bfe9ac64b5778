"""Pictures in: decoding, edits, letterboxing, frame detection, quality."""
