"""What can be written, one module per kind of thing; `db.writer.Writer` is their sum."""
