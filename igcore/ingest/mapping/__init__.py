"""What the columns of an unknown sheet mean: suggested, asked, kept as a document, and applied."""
