"""What every service stands on: tasks, and the workers that do them."""
