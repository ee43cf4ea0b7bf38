"""The edge: HTTP, WebSocket, who you are, problem+json. Holds no rule of the work."""
