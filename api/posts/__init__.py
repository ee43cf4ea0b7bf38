"""Posts (岗位) at the edge."""
