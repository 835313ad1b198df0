"""Keras layers for transformers that Keras itself has not: positions, and a token for the class.

    tokens = ClassToken()(patches)
    tokens = PositionEmbedding()(tokens)

Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words".
"""

from typing import Any

import keras


@keras.saving.register_keras_serializable("lrp_widgets")
class PositionEmbedding(keras.layers.Layer):
    """Adds a learned vector to each token: x (B, T, D) + p (T, D); or (B, H, W, D) + (H, W, D)."""

    def build(self, input_shape: Any) -> None:
        self.embedding: Any = self.add_weight(
            shape=tuple(input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="embedding",
        )

    def call(self, x: Any) -> Any:
        return x + keras.ops.cast(self.embedding, x.dtype)


@keras.saving.register_keras_serializable("lrp_widgets")
class ClassToken(keras.layers.Layer):
    """Puts a learned token before the others: (B, T, D) becomes (B, 1 + T, D)."""

    def build(self, input_shape: Any) -> None:
        self.token: Any = self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="token",
        )

    def call(self, x: Any) -> Any:
        shape: Any = keras.ops.shape(x)
        token: Any = keras.ops.cast(self.token, x.dtype)
        first = keras.ops.broadcast_to(token, (shape[0], 1, shape[2]))
        return keras.ops.concatenate([first, x], axis=1)

    def compute_output_shape(self, input_shape: Any) -> tuple:
        batch, tokens, width = input_shape
        return batch, tokens + 1, width
