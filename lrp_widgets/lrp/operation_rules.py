r"""The rules of attention: products of two tensors, softmax, and normalisation.

Each is for one kind of layer, takes R_j of its outputs, and gives R of each input and what was
absorbed on the way. The signed ε stands where the rules for weights have it: e = ε where the
denominator is ≥ 0, −ε below. Sources: Achtibat et al. 2024, "AttnLRP: Attention-Aware Layer-Wise
Relevance Propagation for Transformers", section 3.3; Ali et al. 2022, "XAI for Transformers".
"""

from dataclasses import dataclass
from typing import ClassVar

from .._support import checks
from .._support.lazy_tensorflow import tf
from ..networks.shortcuts import total, total_of_product
from .absorbed import Absorbed


@dataclass(frozen=True)
class OperationRule:
    """A rule for one kind of operation; `hand_down` is what it computes."""

    name: ClassVar[str]
    equation: ClassVar[str]
    kind: ClassVar[str]  # of the layers that it is for
    note: ClassVar[str] = ""  # what the equation's letters mean

    def hand_down(self, layer, xs, relevance):
        """([R of each input], Absorbed), from the layer's inputs and R of its output."""
        raise NotImplementedError


@dataclass(frozen=True)
class Stabilized(OperationRule):
    """A rule that divides by a sum d, stabilised by `epsilon` above 0. Raises ValueError."""

    epsilon: float = 1e-6

    def __post_init__(self):
        object.__setattr__(self, "epsilon", checks.number("epsilon", self.epsilon, above=0))

    def divide(self, relevance, d):
        """R / (d + e), and e: ε with the sign of d."""
        small = tf.cast(self.epsilon, d.dtype)
        e = tf.where(d < 0, -small, small)
        return relevance / (d + e), e


@dataclass(frozen=True)
class Halves(Stabilized):
    r"""Half of the relevance to each factor of a product.

    O_p = Σ_j A_j V_jp shares 2 O_p + e among its terms, once to each factor:
    R(A_j) = Σ_p A_j V_jp R_p / (2 O_p + e), and R(V_jp) likewise. AttnLRP, equation 15.
    """

    name: ClassVar[str] = "half each"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i w_{ij}}{2 z_j} R_j"
    note: ClassVar[str] = "w: the other factor"
    kind: ClassVar[str] = "product"

    def hand_down(self, layer, xs, relevance):
        s, e = self.divide(relevance, 2 * layer.combine(xs))
        shares = [x * c for x, c in zip(xs, layer.hand_back(s, xs), strict=True)]
        return shares, Absorbed(stabilizer=total_of_product(s, e))


@dataclass(frozen=True)
class SecondFactor(Stabilized):
    r"""All of the relevance to the second factor of a product: the first is held constant.

    R(V_jp) = A_j V_jp R_p / (O_p + e): with it attention weights are no more than weights. The
    product of queries and keys gets none then. CP-LRP: Ali et al. 2022, section 4.
    """

    name: ClassVar[str] = "second factor"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i w_{ij}}{z_j} R_j"
    note: ClassVar[str] = "w: the first factor, which gets nothing"
    kind: ClassVar[str] = "product"

    def hand_down(self, layer, xs, relevance):
        s, e = self.divide(relevance, layer.combine(xs))
        _, c = layer.hand_back(s, xs)
        shape = tf.concat([tf.shape(s)[:1], tf.shape(xs[0])[1:]], 0)
        return [tf.zeros(shape, s.dtype), xs[1] * c], Absorbed(stabilizer=total_of_product(s, e))


@dataclass(frozen=True)
class Tangent(OperationRule):
    r"""Softmax by its Taylor expansion at x: R_i = x_i (R_i^out − s_i Σ_j R_j^out).

    The expansion's constant is absorbed by bias, R_j^out (1 − x_j + Σ_i s_i x_i) of each output,
    which can be large and of either sign. x is what goes in before a mask and before any constant
    is subtracted, which would change the map; what is masked gets exactly 0. AttnLRP, equation 13.
    """

    name: ClassVar[str] = "tangent"
    equation: ClassVar[str] = r"R_i = \sum_j x_i \left(\delta_{ij} - a_i\right) R_j"
    note: ClassVar[str] = "a: what the softmax puts out"
    kind: ClassVar[str] = "softmax"

    def hand_down(self, layer, xs, relevance):
        s, x = layer.combine(xs), layer.taking_part(xs[0])
        share = x * (relevance - s * layer.summed(relevance))
        mean = layer.summed(s * x)
        return [share], Absorbed(bias=total(relevance * (1 - x + mean)))


@dataclass(frozen=True)
class Linearized(Stabilized):
    r"""LayerNorm with its deviation held constant: a linear layer of x − μ, with the bias β.

    R_i = x_i Σ_j (δ_ij − 1/n) γ_j/σ · R_j / (y_j + e). β_j's part is absorbed by bias.
    Ali et al. 2022, section 4.2, with the mean kept; the same as in AttnLRP's implementation.
    """

    name: ClassVar[str] = "linearized"
    equation: ClassVar[str] = (
        r"R_i = \sum_j x_i \left(\delta_{ij} - \tfrac{1}{n}\right)"
        r" \frac{\gamma_j}{\sigma} \frac{R_j}{z_j}"
    )
    kind: ClassVar[str] = "layer normalization"

    def hand_down(self, layer, xs, relevance):
        [x] = xs
        s, e = self.divide(relevance, layer.combine(xs))
        c = s * layer.slope(x)
        share = x * (c - layer.mean(c))
        lost = Absorbed(
            bias=total(s * tf.cast(layer.offset, s.dtype)), stabilizer=total_of_product(s, e)
        )
        return [share], lost
