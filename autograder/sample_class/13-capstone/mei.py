# Everything right, in a style of her own: Adam, batches drawn anew, no toolbox but what she needs.

# %% build
build = lambda sizes, rng: [part for a, b in zip(sizes, sizes[1:]) for part in (rng.normal(0, (2 / a) ** .5, (a, b)), np.zeros(b))]

# %% train
def my_rule(w, grad, state, lr):
    m, v, t = state or (0, 0, 0)
    m, v, t = m + .1 * (grad - m), v + .001 * (grad * grad - v), t + 1
    return w - lr * m / (1 - .9**t) / (np.sqrt(v / (1 - .999**t)) + 1e-8), (m, v, t)

def my_rate(t, total):
    return .04 * (1 - t / total)

def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
    states = [None for _ in params]
    for t in range(budget):
        _, grads = gradient(params, rng.choice(n, min(32, n), replace=False))
        pairs = [rule(w, g, s, rate(t, budget)) for w, g, s in zip(params, grads, states)]
        params, states = [w for w, _ in pairs], [s for _, s in pairs]
    return params

# %% report
def report(results, baseline):
    names = [baseline] + sorted(set(results) - {baseline}, key=lambda name: -np.mean(results[name]))
    runs = np.array([results[name] for name in names])
    gains = runs - runs[0]
    table = [runs.mean(1), runs.std(1, ddof=1), gains.mean(1), gains.std(1, ddof=1) / runs.shape[1] ** .5]
    return names, np.stack(table, axis=1)

# %% written_ablation
# start std 1 -23, gd -3, batch norm +1, the rest I cannot tell
