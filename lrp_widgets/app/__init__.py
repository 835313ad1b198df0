"""The command line (`cli`, and a module for each command) and the server (`server`).

For others: `cli`, the command `lrp-widgets`.
"""
