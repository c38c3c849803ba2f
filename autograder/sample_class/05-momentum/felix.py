# A while loop whose counter never moves.

# %% momentum_step
def momentum_step(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    w = w - lr * v
    return w, v

# %% effective_step
def effective_step(lr, rho):
    return lr / (1 - rho)

# %% momentum_limit
def momentum_limit(L, rho):
    return 2 * (1 + rho) / L

# %% exponential_average
def exponential_average(values, beta=0.9):
    averages = np.zeros(np.shape(values))
    average = 0
    t = 0
    while t < len(values):
        average = beta * average + (1 - beta) * values[t]
        averages[t] = average
    return averages

# %% nesterov_step
def nesterov_step(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    w = w - lr * (grad + rho * v)
    return w, v

# %% written_limit
# My friend is right about the length: where the gradients agree, the steps do become 1 / (1 - 0.9) = 10 times longer.
# But a run diverges across the valley, where the gradients quarrel, and there the limit becomes larger:
# 2 (1 + 0.9) / L = 3.8 / L instead of 2 / L. On the heat map the rate 0.6 is dark at rho = 0 and bright at rho = 0.5.

# %% written_digits
# Without tuning no: at the effective step 0.2 both losses are nearly the same, and two epochs are short for a memory
# that has to fill first. With tuning yes, because momentum stands the longer steps, and its best loss in the table is
# lower by more than the spread over the seeds.
