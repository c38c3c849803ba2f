# Everything right, as short as it gets, and in place on copies of her own.

# %% normalized_step
normalized_step = lambda w, grad, lr, eps=1e-7: w - lr / (np.linalg.norm(grad) + eps) * grad

# %% scaled_step
def scaled_step(w, grad, rates):
    w = np.array(w, float); w -= np.multiply(rates, grad); return w

# %% adagrad_step
def adagrad_step(w, grad, s, lr, eps=1e-7):
    w, s = np.array(w, float), np.array(s, float)
    s += np.square(grad); w -= lr * np.asarray(grad) / (s**.5 + eps)
    return w, s

# %% adagrad
def adagrad(gradient, w, lr, steps, eps=1e-7):
    path, s = [np.asarray(w, float)], 0 * np.asarray(w, float)
    while len(path) <= steps:
        w, s = adagrad_step(path[-1], gradient(path[-1]), s, lr, eps)
        path.append(w)
    return np.stack(path)

# %% written_norm
# places yes (32 vs 132), directions no (same ratio), and it bounces: 0.2 for 0.4

# %% written_dying
# lr / sqrt(s) and the gradient; reset s and see
