"""Infrastructure of all services: database, tasks and workers, files, mail, audit."""
