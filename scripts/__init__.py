"""What stands behind `./run`: set-up, servers, tests, demo. Standard library only: nothing is installed yet."""
