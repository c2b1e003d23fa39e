"""What a report says, before it is drawn: chart data, sentences, quantities in French. May import: db."""
