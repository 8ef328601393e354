"""What is kept: the database, the journal of each site, files; SQLite's own words in one file."""
