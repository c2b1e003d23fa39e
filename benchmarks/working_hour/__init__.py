"""`python -m benchmarks twenty --with-jobs --minutes 60`: people at work in a real server, with imports, exports and
releases among them, whose memory is followed."""
