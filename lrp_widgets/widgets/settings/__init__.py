"""What is asked: the controls, the requests they make, and the address that keeps them.

The controls have a drawer, `network_file`, by which a visitor opens a network of their own.

For others: `controls`, `requests`, `url_state`, `difference_text` (what channels are ranked by).
"""
