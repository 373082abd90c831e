"""One small module per file format; each offers `READER`."""
