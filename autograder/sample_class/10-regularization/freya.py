# Lets the biases pay, and writes into the gradient that she was given.

# %% early_stopping
def early_stopping(losses, patience=3):
    best, at, bad = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, at, bad = loss, epoch, 0
        else:
            bad = bad + 1
        if bad > patience:
            return epoch, at
    return len(losses) - 1, at

# %% l2_penalty
def l2_penalty(W, b, lam):
    penalty = 0.5 * lam * (np.sum(W**2) + np.sum(b**2))
    return penalty, lam * W, lam * b

# %% l1_penalty
def l1_penalty(W, b, lam):
    penalty = lam * np.sum(np.abs(W))
    return penalty, lam * np.sign(W), np.zeros_like(b)

# %% soft_threshold
def soft_threshold(w, threshold):
    return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)

# %% dropout_forward
def dropout_forward(x, p, rng, training=True):
    if not training:
        return x, np.ones(x.shape, dtype=bool)
    mask = rng.random(x.shape) >= p
    return x * mask / (1 - p), mask

# %% dropout_backward
def dropout_backward(grad, mask, p):
    grad *= mask
    grad /= 1 - p
    return grad

# %% written_cure
# Spoiled labels: early stopping, 0.872 against 0.735 without a cure, and the spread is only 0.005.
# Right labels: none, or dropout if it costs nothing: 0.941 against 0.935, about five digits. The spread is over five starts;
# another split of the digits or other wrong labels could change the order of the cures.
