# Took the digits as they lie, sorted by label; and her errors are not paired.

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
        params.append(np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out)))
        params.append(np.zeros(n_out))
    return params

# %% train
def my_rule(w, grad, state, lr):
    v = np.zeros_like(w) if state is None else state
    return momentum_step(w, grad, v, lr)

def my_rate(t, total):
    return cosine_decay(t, 0.2, total)

def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
    params, states = list(params), [None] * len(params)
    start = 0
    for t in range(budget):
        if start + 32 > n:
            start = 0
        batch = np.arange(start, min(start + 32, n))
        start += 32
        _, grads = gradient(params, batch)
        for i, grad in enumerate(grads):
            params[i], states[i] = rule(params[i], grad, states[i], rate(t, budget))
    return params

# %% report
def report(results, baseline):
    names = sorted(results, key=lambda name: (name != baseline, -np.mean(results[name])))
    base = np.array(results[baseline])
    table = []
    for name in names:
        runs = np.array(results[name])
        error = np.sqrt((runs.var(ddof=1) + base.var(ddof=1)) / len(runs))
        table.append([runs.mean(), runs.std(ddof=1), runs.mean() - base.mean(), error])
    return names, np.array(table)

# %% written_advice
# 1. Look at the first loss: log(10) is right, 36 is not (section 3). No proof, though: std 0.01 passes and does not learn when deep.
# 2. Rates a factor of 2 apart on a tenth of the data; stay left of the cliff (section 4). Wrong if the batch is another.
# 3. Normalize: + 1 at 100 gradients, + 4.8 at 25. Not with tiny batches.
