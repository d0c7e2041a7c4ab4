"""The web application: pages for people, an API for programs, and the jobs that run beside them, in one process."""
