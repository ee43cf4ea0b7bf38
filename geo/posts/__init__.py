"""Posts (岗位): a guard's own gate, with the staff that it must keep."""
