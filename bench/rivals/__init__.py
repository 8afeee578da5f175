"""The designs that we compare ourselves with, kept as small as they are usually written."""
