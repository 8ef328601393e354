"""The e-mail channel: mail in by SMTP and IMAP, read, threaded and cleaned; replies out."""
