"""The engines that run queries, one module each."""
