"""The networks on offer: where their weights come from, and how they lie on the disk."""
