"""What the workloads of generate.py are made of."""
