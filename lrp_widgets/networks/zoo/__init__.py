"""The networks on offer: where their weights come from, and how they lie on the disk.

For others: `registry` (`load_network`), `offers` (the table of what is offered), `architectures`,
`npz`.
"""
