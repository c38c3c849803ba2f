# Everything right, as short as it gets, and in place on copies of her own.

# %% momentum_step
momentum_step = lambda w, grad, v, lr, rho=0.9: (w - lr * (v := rho * v + grad), v)

# %% effective_step
effective_step = lambda lr, rho: -lr / (rho - 1)

# %% momentum_limit
momentum_limit = lambda L, rho: (2 + 2 * rho) / L

# %% exponential_average
def exponential_average(values, beta=.9):
    a = np.array(values, float)
    a *= 1 - beta
    for t in range(1, len(a)): a[t] += beta * a[t - 1]
    return a

# %% nesterov_step
def nesterov_step(w, grad, v, lr, rho=.9):
    w, v = np.array(w, float), np.array(v, float)
    v *= rho; v += grad; w -= lr * grad; w -= lr * rho * v
    return w, v

# %% written_limit
# steps 10x: true. divide by 10: no. limit 2/L -> 3.8/L, see lr 0.6 on the map

# %% written_digits
# small step: no. tuned: yes, see table
