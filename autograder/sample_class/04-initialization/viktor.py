# Calls a method that generators do not have, forgets the brackets, and makes generators of his own.

# %% normal_init
def normal_init(rng, shape):
    return rng.randn(*shape) / np.sqrt(shape[-2])

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
        grad = (grad * slope(z)) @ W.T
    return np.array(squares[::-1])

# %% xavier_normal
def xavier_normal(rng, shape):
    n_in, n_out = shape[-2:]
    return rng.normal(0, np.sqrt(2 / n_in + n_out), shape)

# %% xavier_uniform
def xavier_uniform(rng, shape):
    n_in, n_out = shape[-2:]
    limit = np.sqrt(6 / (n_in + n_out))
    rng = np.random.default_rng(0)
    return rng.uniform(-limit, limit, shape)

# %% he_normal
def he_normal(rng, shape):
    n_in, n_out = shape[-2:]
    return rng.normal(0, np.sqrt(2 / n_in), shape)
