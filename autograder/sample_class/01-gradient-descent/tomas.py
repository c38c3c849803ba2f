# Measures slopes to one side, and waits for a loop that never ends.

# %% mse_loss
def mse_loss(w, X, y):
    errors = X @ w - y
    return np.mean(errors**2)

# %% mse_gradient
def mse_gradient(w, X, y):
    errors = X @ w - y
    return 2 * X.T @ errors / len(y)

# %% numerical_gradient
def numerical_gradient(f, w, h=1e-5):
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        moved = w.copy()
        moved[index] += h
        gradient[index] = (f(moved) - f(w)) / h
    return gradient

# %% gradient_descent
def gradient_descent(gradient, w, lr, steps):
    path = [np.array(w, dtype=float)]
    while len(path) != steps:
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)

# %% minibatches
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    X, y = X[order], y[order]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(y), batch_size)]

# %% sgd_epoch
def sgd_epoch(w, X, y, lr, batch_size, rng):
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        w = w - lr * mse_gradient(w, X_batch, y_batch)
    return w
