"""A mailbox for this machine: takes every letter, delivers none, and shows them to people and to tests."""
