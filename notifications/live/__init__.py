"""The live feed at the sockets: tail, hub, bounded sockets. Knows no HTTP server and no incident."""
