# Everything right; writes Adam out by herself and lets the decay come first.

# %% first_moment
def first_moment(m, grad, beta1):
    return m + (1 - beta1) * (grad - m)

# %% second_moment
def second_moment(v, grad, beta2):
    return beta2 * v + (1 - beta2) * grad * grad

# %% bias_correction
bias_correction = lambda moment, beta, t: moment / (1 - beta**t)

# %% adam_step
def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    root = np.sqrt(v / (1 - beta2**t))
    return w - lr / (1 - beta1**t) * m / (root + eps), m, v

# %% adamw_step
def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam_step((1 - lr * weight_decay) * w, grad, m, v, t, lr, beta1, beta2, eps)

# %% written_correction
# It is not forgotten at step 10 but worst there: step 12 is 6.6 learning rates long, and step 1000 is still 1.26. To blame
# is v, because its memory is 1000 steps long and m's only 10. On the digits at 0.1 the uncorrected rule fails, while Adam
# reaches 0.020; at 0.02 it reaches 0.013, which is as good.

# %% written_always
# For: the loss times 1000 gives the same path. Against: at 0.001 the digits are at 1.17 after 10 epochs, and on the diagonal
# ravine momentum needs 156 steps where Adam needs 374. The seeds do not vary the split of the data.
