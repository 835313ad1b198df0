"""Running the mathematics fast: compiling, and what is kept between calls.

For others: `runner`. Nothing outside `lrp` knows it but the session, which compiles beside its
work.
"""
