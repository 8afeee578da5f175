"""The whole running system, from outside: what travellers see while processes and servers come and go."""
