"""Networks as layers with plain tensors: reading Keras's, canonizing them, their forward pass."""
