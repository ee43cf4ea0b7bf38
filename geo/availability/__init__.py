"""Who has just become available: somebody who looks for people need not wait for his next turn."""
