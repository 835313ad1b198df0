"""Widgets as pages of their own, which need neither a kernel nor a server.

For others: `export`. In a browser `host.js` stands in for the kernel.
"""
