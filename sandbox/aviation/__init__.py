"""Who is in the air, and how each flight stands: aircraft, delays, gates and positions over the flights of the timetable."""
