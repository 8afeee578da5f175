"""What travel means: pure, synchronous values and rules. No network, database, clock or environment.

Values that stand in an offer are declared with `gc=False`: they hold other values only and never lead back to
themselves, and a search makes thousands of them that the garbage collector would look through for nothing.
"""
