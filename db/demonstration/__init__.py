"""What the demonstration is made of: invented people, communes of the Lot, hand-written sentences. See db/demo.py."""
