# Everything right, as short as it gets.

# %% normal_init
normal_init = lambda rng, shape: rng.standard_normal(shape) * shape[-2] ** -0.5

# %% forward_variance
from itertools import accumulate


def forward_variance(X, weights, activation):
    outputs = accumulate(weights, lambda h, W: activation(h @ W), initial=X)
    return np.array([(h * h).mean() for h in outputs][1:])

# %% gradient_variance
def gradient_variance(X, weights, activation, slope, grad):
    def back(h, Ws):
        if not len(Ws):
            return [grad]
        z = h @ Ws[0]
        above = back(activation(z), Ws[1:])
        return [(above[0] * slope(z)) @ Ws[0].T, *above]

    return np.array([(g * g).mean() for g in back(X, weights)[1:]])

# %% xavier_normal
xavier_normal = lambda rng, shape: rng.standard_normal(shape) * (sum(shape[-2:]) / 2) ** -0.5

# %% xavier_uniform
xavier_uniform = lambda rng, shape: (2 * rng.random(shape) - 1) * (6 / sum(shape[-2:])) ** 0.5

# %% he_normal
he_normal = lambda rng, shape: 2**0.5 * normal_init(rng, shape)

# %% written_relu
# 1/16 is 1/sqrt(256), which keeps a sum as large as what it is given, but ReLU throws half of the mean square away in every
# layer. The std should be sqrt(2/256). Behind layer 4 the mean square is 1/16, and behind layer 40 it is 2^-40, about 1e-12:
# then all digits look the same to the output, and the gradient is next to nothing. A sixteenth can still be trained away.

# %% written_claims
# For ReLU I would claim that He is better here: the losses after ten epochs are several standard deviations apart. For tanh
# He is ahead as well, by about three times the spread, but I would only claim it for eight layers of 32 units: with other
# depths it might turn round. I would run both with 4 and with 30 layers.
