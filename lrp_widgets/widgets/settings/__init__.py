"""What is asked: the controls, the requests they make, and the address that keeps them.

For others: `controls`, `requests`, `url_state`, `difference_text` (what channels are ranked by).
"""
