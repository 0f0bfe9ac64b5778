"""Training data: works, pictures, simulated photos, distractors, batches."""
