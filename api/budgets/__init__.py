"""Alert budgets (请求上限) at the edge."""
