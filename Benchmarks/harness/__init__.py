"""What run.py measures with."""
