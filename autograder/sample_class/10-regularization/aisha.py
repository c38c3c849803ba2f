# Everything right, written as the lesson writes it.

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
    penalty = 0.5 * lam * np.sum(W**2)
    return penalty, lam * W, np.zeros_like(b)

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
    return grad * mask / (1 - p)

# %% written_zeros
# Near 0 the subgradient still pulls with lam, so a step jumps over 0 and the next one comes back: the weight never rests there.
# The soft threshold moves it towards 0 by lr * lam and stops at 0; in section 4 that made 62 % of the weights exactly 0.
# With L2 the pull is lam * w, which gets smaller with the weight, so it only shrinks and never arrives.

# %% written_cure
# Spoiled labels: early stopping, 0.872 against 0.735 without a cure, and the spread is only 0.005.
# Right labels: none, or dropout if it costs nothing: 0.941 against 0.935, about five digits. The spread is over five starts;
# another split of the digits or other wrong labels could change the order of the cures.
