"""Alert budgets (请求上限): who has been asked how often, who rests, who is near his limit."""
