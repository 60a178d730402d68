"""All that touches the world outside: disks, networks, terminals. One folder a kind."""
