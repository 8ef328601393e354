"""The HTTP shell: commands, settings, live socket, screens and operator's doors."""
