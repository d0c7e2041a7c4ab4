"""The language server: what `segql.service` answers, for editors, over a workspace of files that are one library."""
