"""Network training: class head, fine-tuning, losses, precision, published networks."""
