"""Networks as layers with plain tensors, and their forward pass.

For others: `network` (`Network`), `layers`, `resampling`, `normalizing`, `einsum_dense` and
`attention` (more kinds of layer), `keras_tokens` (positions and class token for Keras), `inputs`,
`activations`, `preprocessing`, `precision`, `from_keras`, `keras_file`, `canonize` (BatchNorm
folded), `blocks`, `blocked_dense`, `input_bounds`, `modifiers` and `modified_products` (x⁺, w⁻, …
and their sums), `shortcuts`, and, for places alone, `connectivity`, `attention_places` and
`receptive_fields`; the folder `zoo` has the networks on offer.
"""
