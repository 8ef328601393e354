"""Web chat: the customers' door on web pages, by socket and by plain HTTP."""
