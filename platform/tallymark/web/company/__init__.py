"""What a company is set up with: its name and language, its calendar and its working days."""
