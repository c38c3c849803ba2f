# Two exceptions: a misspelt name in the step, and an entry of an empty list in the run.

# %% normalized_step
def normalized_step(w, grad, lr, eps=1e-7):
    norm = np.sqrt(np.sum(grad**2))
    return w - lr * grad / (norm + eps)

# %% scaled_step
def scaled_step(w, grad, rates):
    return w - rates * grad

# %% adagrad_step
def adagrad_step(w, grad, s, lr, eps=1e-7):
    s = s + gradient**2
    w = w - lr * grad / (np.sqrt(s) + eps)
    return w, s

# %% adagrad
def adagrad(gradient, w, lr, steps, eps=1e-7):
    path = []
    path[0] = np.array(w, dtype=float)
    s = np.zeros_like(path[0])
    for t in range(steps):
        path[t + 1], s = adagrad_step(path[t], gradient(path[t]), s, lr, eps)
    return np.array(path)

# %% written_norm
# My friend is right about places: on the plateau and on a wall the step is equally long, and the plateau is crossed in 32
# steps instead of 132. But both weights are divided by the same number, so the direction is as bad as before, and the step
# never gets shorter: in the ravine it jumps to and fro at a distance of 0.2 when the length is 0.4.
