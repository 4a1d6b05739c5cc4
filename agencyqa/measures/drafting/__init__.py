"""A scheme while it is being written: plain data that may be incomplete or wrong anywhere. Pure, and without pages."""
