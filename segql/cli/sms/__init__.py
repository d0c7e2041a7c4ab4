"""`segql sms`: the SMS module on the command line."""
