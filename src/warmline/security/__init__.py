"""Sign-in, users, rights and audit: who may come in, and who changed what."""
