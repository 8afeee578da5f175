"""What TravelHub promises, in sentences about travel."""
