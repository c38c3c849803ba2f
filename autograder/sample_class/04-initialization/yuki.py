# Right numbers, but the gradient that was passed in is overwritten.

# %% normal_init
def normal_init(rng, shape):
    n_in, n_out = shape[-2:]
    return rng.normal(0, 1 / np.sqrt(n_in), shape)

# %% forward_variance
def forward_variance(X, weights, activation):
    h = X
    squares = []
    for W in weights:
        h = activation(h @ W)
        squares.append(np.mean(h**2))
    return np.array(squares)

# %% gradient_variance
def gradient_variance(X, weights, activation, slope, grad):
    h = X
    sums = []
    for W in weights:
        z = h @ W
        sums.append(z)
        h = activation(z)
    squares = []
    for W, z in zip(weights[::-1], sums[::-1]):
        squares.append(np.mean(grad**2))
        grad *= slope(z)
        grad = grad @ W.T
    return np.array(squares[::-1])

# %% xavier_normal
def xavier_normal(rng, shape):
    n_in, n_out = shape[-2:]
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), shape)

# %% xavier_uniform
def xavier_uniform(rng, shape):
    n_in, n_out = shape[-2:]
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, shape)

# %% he_normal
def he_normal(rng, shape):
    n_in, n_out = shape[-2:]
    return rng.normal(0, np.sqrt(2 / n_in), shape)

# %% written_relu
# 1/16 is 1/sqrt(256), which keeps a sum as large as what it is given, but ReLU throws half of the mean square away in every
# layer. The std should be sqrt(2/256). Behind layer 4 the mean square is 1/16, and behind layer 40 it is 2^-40, about 1e-12:
# then all digits look the same to the output, and the gradient is next to nothing. A sixteenth can still be trained away.

# %% written_claims
# For ReLU I would claim that He is better here: the losses after ten epochs are several standard deviations apart. For tanh
# He is ahead as well, by about three times the spread, but I would only claim it for eight layers of 32 units: with other
# depths it might turn round. I would run both with 4 and with 30 layers.
