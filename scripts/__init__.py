"""What stands behind `./run`: set-up, servers, tests, demo. Standard library only, so it runs before anything is installed."""
