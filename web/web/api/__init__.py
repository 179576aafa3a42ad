"""The services as the front end knows them: one typed client each, all through the gateway."""
