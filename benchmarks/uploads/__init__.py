"""`python -m benchmarks uploads`: bombs, damaged and mislabelled files given to the uploaders of a real server, while a
colleague saves and another one signs in. Files exist in memory only; everything follows from the seed."""
