"""What can be asked, one module per kind of thing; `db.reader.Reader` is their sum."""
