"""SMS behind a running server: what `Sms` does, by the server's API, at its clock and in the name of whoever's token it is.

Names, arguments and answers are those of `Sms`, whose docstrings say what each does; `actor` and `role` are the server's to
say, and are not sent. Every method raises `RemoteError` where the server cannot be reached, or refuses."""
