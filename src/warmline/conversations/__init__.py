"""What was said: headers, messages, notes, files, drafts and the search over them; erasable."""
