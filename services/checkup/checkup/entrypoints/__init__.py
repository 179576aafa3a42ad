"""How the checkup is reached: HTTP, events and jobs, command line."""
