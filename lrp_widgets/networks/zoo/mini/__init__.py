"""The bundled networks: what pictures they know, their weights, and how they were trained.

For others: `model`, `siblings`, `hans`. `python -m lrp_widgets.networks.zoo.mini.train`, and `hans`
there, train them anew.
"""
