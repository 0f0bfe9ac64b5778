"""Network training: fine-tuning, losses, class head, checkpoints, export."""
