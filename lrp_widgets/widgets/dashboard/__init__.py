"""The whole page: settings, requests, title bar, downloads."""
