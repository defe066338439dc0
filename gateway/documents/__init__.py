"""What the gateway says of itself, generated from what it does: OpenAPI, AsyncAPI and the page for people."""
