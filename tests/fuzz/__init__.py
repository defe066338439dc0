"""schemathesis throws everything that OpenAPI allows, and what it does not, at a live gateway."""
