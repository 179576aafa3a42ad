"""The German front end: server-rendered pages that talk to the services through the gateway."""
