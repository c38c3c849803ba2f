# Puts the decay into the gradient.

# %% first_moment
def first_moment(m, grad, beta1):
    return beta1 * m + (1 - beta1) * grad

# %% second_moment
def second_moment(v, grad, beta2):
    return beta2 * v + (1 - beta2) * grad**2

# %% bias_correction
def bias_correction(moment, beta, t):
    return moment / (1 - beta**t)

# %% adam_step
def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = first_moment(m, grad, beta1)
    v = second_moment(v, grad, beta2)
    return w - lr * bias_correction(m, beta1, t) / (np.sqrt(bias_correction(v, beta2, t)) + eps), m, v

# %% adamw_step
def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    grad = grad + weight_decay * w
    return adam_step(w, grad, m, v, t, lr, beta1, beta2, eps)

# %% written_correction
# v is to blame; see the figure, 6.6 at step 12. On the digits it fails at 0.1 and is as good at 0.02.
