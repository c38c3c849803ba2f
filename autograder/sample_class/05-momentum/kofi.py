# Everything right, one number at a time.

# %% momentum_step
def momentum_step(w, grad, v, lr, rho=0.9):
    w = np.array(w, dtype=float)
    grad = np.array(grad, dtype=float)
    v = np.array(v, dtype=float)
    new_w = np.zeros(w.shape)
    new_v = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        new_v[place] = rho * v[place] + grad[place]
        new_w[place] = w[place] - lr * new_v[place]
    return new_w, new_v

# %% effective_step
def effective_step(lr, rho):
    # the ball rolls for a very long time, every gradient is 1
    v = 0
    for i in range(20000):
        v = rho * v + 1
    return lr * v

# %% momentum_limit
def momentum_limit(L, rho):
    limit = 2 / L
    extra = limit * rho
    return limit + extra

# %% exponential_average
def exponential_average(values, beta=0.9):
    result = []
    a = 0
    for x in values:
        a = beta * a + (1 - beta) * x
        result.append(a)
    return np.array(result)

# %% nesterov_step
def nesterov_step(w, grad, v, lr, rho=0.9):
    w = np.array(w, dtype=float)
    grad = np.array(grad, dtype=float)
    v = np.array(v, dtype=float)
    new_w = np.zeros(w.shape)
    new_v = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        new_v[place] = rho * v[place] + grad[place]
        look_ahead = grad[place] + rho * new_v[place]
        new_w[place] = w[place] - lr * look_ahead
    return new_w, new_v

# %% written_limit
# My friend is right about the length: where the gradients agree, the steps do become 1 / (1 - 0.9) = 10 times longer.
# But a run diverges across the valley, where the gradients quarrel, and there the limit becomes larger:
# 2 (1 + 0.9) / L = 3.8 / L instead of 2 / L. On the heat map the rate 0.6 is dark at rho = 0 and bright at rho = 0.5.

# %% written_digits
# Without tuning no: at the effective step 0.2 both losses are nearly the same, and two epochs are short for a memory
# that has to fill first. With tuning yes, because momentum stands the longer steps, and its best loss in the table is
# lower by more than the spread over the seeds.
