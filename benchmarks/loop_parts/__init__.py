"""What the loop benchmark is made of: priors, methods, peers, one run, and the summary of many."""
