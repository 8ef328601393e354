"""Telephone calls carried by an Asterisk, which we steer by its REST interface."""
