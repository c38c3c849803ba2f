# Counts the budget in epochs, and is refused; Xavier's weights; divides by n.

# %% toolbox
def normal_init(rng, shape):
    return rng.standard_normal(shape) / np.sqrt(shape[-2])

def momentum_step(w, grad, v, lr, rho=0.9):
    v = rho * v + grad
    return w - lr * v, v

def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v

def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
    ramp = np.minimum((epoch + 1) / (warmup + 1), 1)
    return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)

def l2_penalty(W, b, lam):
    return 0.5 * lam * np.sum(W**2), lam * W, np.zeros_like(b)

# %% build
def build(sizes, rng):
    params = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        params += [rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)), np.zeros(n_out)]
    return params

# %% train
def my_rule(w, grad, state, lr):
    v = np.zeros_like(w) if state is None else state
    return momentum_step(w, grad, v, lr)

def my_rate(t, total):
    return 0.1

def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
    params, states = list(params), [None] * len(params)
    for epoch in range(budget):
        order = rng.permutation(n)
        for start in range(0, n, 32):
            _, grads = gradient(params, order[start : start + 32])
            for i, grad in enumerate(grads):
                params[i], states[i] = rule(params[i], grad, states[i], rate(epoch, budget))
    return params

# %% report
def report(results, baseline):
    names = sorted(results, key=lambda name: (name != baseline, -np.mean(results[name])))
    table = []
    for name in names:
        runs = np.array(results[name])
        gains = runs - np.array(results[baseline])
        table.append([runs.mean(), runs.std(), gains.mean(), gains.std() / np.sqrt(len(runs))])
    return names, np.array(table)
