"""Where a person may be: the time zones there, and when the law there lets people be texted."""
