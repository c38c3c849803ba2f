# Works in place, and calls a variable by a name that it does not have.

# %% first_moment
def first_moment(m, grad, beta1):
    m *= beta1
    m += (1 - beta1) * grad
    return m

# %% second_moment
def second_moment(v, grad, beta2):
    return beta2 * v + (1 - beta2) * np.square(grad)

# %% bias_correction
def bias_correction(moment, beta, t):
    return moment / (1 - beta**t)

# %% adam_step
def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * mhat / (np.sqrt(vhat) + eps), m, v

# %% adamw_step
def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    w, m, v = adam_step(w, grad, m, v, t, lr, beta1, beta2, eps)
    return w * (1 - lr * weight_decay), m, v

# %% written_always
# Against: 0.001 is too small for ten epochs (reach 0.11).
