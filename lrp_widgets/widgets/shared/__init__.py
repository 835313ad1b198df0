"""What several widgets draw with: maps, scales, cells, buttons."""
