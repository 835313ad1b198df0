"""The networks on offer: where their weights come from, and how they lie on the disk.

For others: `registry` (`load_network`), `offers` (the table of what is offered), `own` (those that
a visitor has opened), `architectures`, `npz`.
"""
