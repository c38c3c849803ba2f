# Did the first four exercises and one written answer, then ran out of time.

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

# %% written_rate
# The first friend sees something true: at 0.4 the factor is 1 - 0.4 * 4 = -0.6, so the ball changes sides in every step, and
# 1/L = 0.25 is where that begins. But 0.6 is smaller than 1, so it arrives all the same. The second friend looks at the flat
# direction only: there 5 gives the factor 0, but across the valley it is 1 - 20 = -19, and the run flies out. The largest
# curvature decides: 2/4 = 0.5, as the table of the four rules shows.
