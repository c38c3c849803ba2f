# Other styles, and a generator asked for a method of the old days.

# %% early_stopping
def early_stopping(losses, patience=3):
    for epoch in range(len(losses)):
        best = int(np.argmin(losses[: epoch + 1]))
        if epoch - best > patience:
            break
    return epoch, best

# %% l2_penalty
def l2_penalty(W, b, lam):
    penalty = 0.5 * lam * np.sum(W**2)
    return penalty, lam * W, np.zeros_like(b)

# %% l1_penalty
def l1_penalty(W, b, lam):
    return lam * np.abs(W).sum(), lam * np.sign(W), np.zeros_like(b)

# %% soft_threshold
def soft_threshold(w, threshold):
    return w - np.clip(w, -threshold, threshold)

# %% dropout_forward
def dropout_forward(x, p, rng, training=True):
    if not training:
        return x, np.ones(x.shape, dtype=bool)
    mask = rng.rand(*x.shape) >= p
    return x * mask / (1 - p), mask

# %% dropout_backward
def dropout_backward(grad, mask, p):
    return np.where(mask, grad / (1 - p), 0.0)

# %% written_zeros
# Near 0 the subgradient still pulls with lam, so a step jumps over 0 and the next one comes back: the weight never rests there.
# The soft threshold moves it towards 0 by lr * lam and stops at 0; in section 4 that made 62 % of the weights exactly 0.
# With L2 the pull is lam * w, which gets smaller with the weight, so it only shrinks and never arrives.

# %% written_cure
# Spoiled labels: early stopping, 0.872 against 0.735 without a cure, and the spread is only 0.005.
# Right labels: none, or dropout if it costs nothing: 0.941 against 0.935, about five digits. The spread is over five starts;
# another split of the digits or other wrong labels could change the order of the cures.
