# Adds eps where lesson 07 had it.

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
    m_hat = bias_correction(m, beta1, t)
    v_hat = bias_correction(v, beta2, t)
    return w - lr * m_hat / np.sqrt(v_hat + eps), m, v

# %% adamw_step
def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    decay = lr * weight_decay * w
    w, m, v = adam_step(w, grad, m, v, t, lr, beta1, beta2, eps)
    return w - decay, m, v

# %% written_correction
# At step 12 it is 6.6, so it gets worse. v is to blame, it needs thousands of steps.

# %% written_always
# Units of their own: Adam 0.060, momentum 0.263. Diagonal ravine: momentum 156, Adam 374.
