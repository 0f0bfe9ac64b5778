"""What all services stand on: database, tasks, files, mail, audit."""
