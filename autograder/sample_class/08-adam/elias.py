# The moments are right; corrects by 1 - beta in every step, and stops before the decay.

# %% first_moment
def first_moment(m, grad, beta1):
    return beta1 * m + (1 - beta1) * grad

# %% second_moment
def second_moment(v, grad, beta2):
    return beta2 * v + (1 - beta2) * grad**2

# %% bias_correction
def bias_correction(moment, beta, t):
    return moment / (1 - beta)

# %% adam_step
def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = first_moment(m, grad, beta1)
    v = second_moment(v, grad, beta2)
    m_hat = bias_correction(m, beta1, t)
    v_hat = bias_correction(v, beta2, t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v

# %% written_correction
# The first step is 3.16 times too long, and m is to blame since it is too small.
