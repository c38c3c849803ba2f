# Thinks in sums: forgets to divide by the number of examples.

# %% mse_loss
def mse_loss(w, X, y):
    errors = X @ w - y
    return np.mean(errors**2)

# %% mse_gradient
def mse_gradient(w, X, y):
    errors = X @ w - y
    return 2 * X.T @ errors

# %% numerical_gradient
def numerical_gradient(f, w, h=1e-5):
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient

# %% gradient_descent
def gradient_descent(gradient, w, lr, steps):
    w = np.array(w, dtype=float)
    path = [w]
    for step in range(steps):
        w = w - lr * gradient(w)
        path.append(w)
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

# %% written_rate
# The first friend sees something true: at 0.4 the factor is 1 - 0.4 * 4 = -0.6, so the ball changes sides in every step, and
# 1/L = 0.25 is where that begins. But 0.6 is smaller than 1, so it arrives all the same. The second friend looks at the flat
# direction only: there 5 gives the factor 0, but across the valley it is 1 - 20 = -19, and the run flies out. The largest
# curvature decides: 2/4 = 0.5, as the table of the four rules shows.

# %% written_batches
# The noise falls as one over the batch size: from 32 to 128 it costs four times as much and the gradient is only twice as exact.
# With all ten million examples we get three steps. In the table on digits all the data at once ended at 1.02 after ten
# epochs, batches of 32 at 0.06, for the same work. The exact gradient would be better at the very end, because it has no floor.
