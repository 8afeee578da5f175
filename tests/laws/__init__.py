"""What holds for every price, question, search and job, whichever hypothesis thinks of."""
