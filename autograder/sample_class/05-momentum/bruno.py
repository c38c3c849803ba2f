# Did the first two exercises and one written answer, then ran out of time.

# %% momentum_step
def momentum_step(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    w = w - lr * v
    return w, v

# %% effective_step
def effective_step(lr, rho):
    return lr / (1 - rho)

# %% written_limit
# My friend is right about the length: where the gradients agree, the steps do become 1 / (1 - 0.9) = 10 times longer.
# But a run diverges across the valley, where the gradients quarrel, and there the limit becomes larger:
# 2 (1 + 0.9) / L = 3.8 / L instead of 2 / L. On the heat map the rate 0.6 is dark at rho = 0 and bright at rho = 0.5.
