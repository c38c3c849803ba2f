"""Answers to the exercises of lesson 13."""


def _build(
    draw: str = "rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))",
    biases: str = "np.zeros(n_out)",
    pairs: str = "zip(sizes[:-1], sizes[1:])",
    end: str = "params",
) -> str:
    return f"""
        def build(sizes, rng):
            params = []
            for n_in, n_out in {pairs}:
                params.append({draw})
                params.append({biases})
            return {end}
    """


_MOMENTUM = """
        def my_rule(w, grad, state, lr):
            v = 0 * w if state is None else state
            v = 0.9 * v + grad
            return w - lr * v, v
"""
_NESTEROV = """
        def my_rule(w, grad, state, lr):
            v = grad + (0.9 * state if state is not None else 0)
            return w - lr * (grad + 0.9 * v), v
"""
_ADAM = """
        def my_rule(w, grad, state, lr):
            m, v, t = state if state else (0.0, 0.0, 0)
            t += 1
            m = 0.9 * m + 0.1 * grad
            v = 0.999 * v + 0.001 * grad**2
            return w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v, t)
"""
_RMSPROP = """
        def my_rule(w, grad, s, lr):
            s = np.zeros_like(w) if s is None else s
            s = 0.9 * s + 0.1 * grad * grad
            return w - lr * grad / np.sqrt(s + 1e-8), s
"""
_ADAGRAD = """
        def my_rule(w, grad, s, lr):
            s = grad**2 if s is None else s + grad**2
            return w - lr * grad / (np.sqrt(s) + 1e-7), s
"""


def _cosine(peak: float) -> str:
    return f"""
        def my_rate(t, total):
            return {peak} * (1 + np.cos(np.pi * t / total)) / 2
"""


def _rate(formula: str) -> str:
    return f"""
        def my_rate(t, total):
            return {formula}
"""


_LOOP = """
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            params = list(params)
            states = [None] * len(params)
            order = rng.permutation(n)
            for t in range(budget):
                if len(order) < 32:
                    order = rng.permutation(n)
                batch, order = order[:32], order[32:]
                loss, grads = gradient(params, batch)
                for i in range(len(params)):
                    params[i], states[i] = rule(params[i], grads[i], states[i], rate(t, budget))
            return params
"""


def _train(
    loop: str = _LOOP, rule: str = _MOMENTUM, rate: str = _cosine(0.2), **changes: tuple[str, str]
) -> str:
    for before, after in changes.values():
        assert before in loop, before
        loop = loop.replace(before, after)
    return rule + rate + loop


_TABLE = """
        def report(results, baseline):
            names = sorted(results, key=lambda name: ({first}, {key}))
            base = np.array(results[baseline])
            rows = []
            for name in names:
                runs = np.array(results[name])
                gains = {gains}
                rows.append([{mean}, {spread}, {gain}, {error}])
            return {end}
"""


def _report(**changes: str) -> str:
    parts = {
        "first": "name != baseline",
        "key": "-np.mean(results[name])",
        "gains": "runs - base",
        "mean": "runs.mean()",
        "spread": "runs.std(ddof=1)",
        "gain": "gains.mean()",
        "error": "gains.std(ddof=1) / len(gains)**0.5",
        "end": "names, np.array(rows)",
    }
    return _TABLE.format(**parts | changes)


RIGHT = {
    "build": {
        "layer by layer": _build(),
        "scaled": _build("np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))", "np.array([0.0] * n_out)"),
        "uniform of the same spread": _build("rng.uniform(-1, 1, (n_in, n_out)) * (6 / n_in)**0.5"),
        "in single precision": _build(
            "(2 / n_in)**0.5 * rng.standard_normal((n_in, n_out), dtype=np.float32)"
        ),
        "by index, into zeros": """
            def build(sizes, rng):
                params = [np.zeros(shape) for i in range(1, len(sizes)) for shape in ((sizes[i - 1], sizes[i]), sizes[i])]
                for W in params[::2]:
                    W += rng.normal(size=W.shape) / np.sqrt(len(W) / 2)
                return params
        """,
        "from the last layer to the first": """
            def build(sizes, rng):
                if len(sizes) == 1:
                    return []
                *before, n_in, n_out = sizes
                layer = [rng.normal(scale=np.sqrt(2 / n_in), size=(n_in, n_out)), np.zeros(n_out)]
                return build([*before, n_in], rng) + layer
        """,
        "all drawn at once": """
            def build(sizes, rng):
                counts = [a * b for a, b in zip(sizes, sizes[1:])]
                draws = np.split(rng.normal(size=sum(counts)), np.cumsum(counts)[:-1])
                pairs = zip(draws, sizes, sizes[1:])
                return [part for z, a, b in pairs for part in (z.reshape(a, b) * np.sqrt(2 / a), np.zeros(b))]
        """,
    },
    "train": {
        "momentum, cosine": _train(),
        "Nesterov, a step down": _train(rule=_NESTEROV, rate=_rate("0.1 if t < 0.7 * total else 0.01")),
        "Adam, batches drawn anew": _train(
            """
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            params = [np.array(w) for w in params]
            memory = {}
            for t in range(budget):
                grads = gradient(params, rng.choice(n, min(n, 32), replace=False))[1]
                for i, (w, grad) in enumerate(zip(params, grads)):
                    params[i], memory[i] = rule(w, grad, memory.get(i), rate(t, budget))
            return params
            """,
            _ADAM,
            _cosine(0.04),
        ),
        "RMSProp, with replacement": _train(
            rule=_RMSPROP,
            rate=_cosine(0.02),
            draw=("order[:32], order[32:]", "rng.integers(n, size=32), order"),
        ),
        "AdaGrad, a constant rate": _train(rule=_ADAGRAD, rate=_rate("0.08")),
        "epoch by epoch": _train(
            """
        def batches(n, rng):
            while True:
                order = rng.permutation(n)
                for start in range(0, n, 32):
                    yield order[start : start + 32]

        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            states = [None for _ in params]
            for t, batch in zip(range(budget), batches(n, rng)):
                _, grads = gradient(params, batch)
                lr = rate(t, budget)
                stepped = [rule(w, g, s, lr) for w, g, s in zip(params, grads, states)]
                params, states = [w for w, _ in stepped], [s for _, s in stepped]
            return params
            """
        ),
        "as one long vector": _train(
            """
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            shapes = [w.shape for w in params]
            cuts = np.cumsum([w.size for w in params])[:-1]
            flat, state = np.concatenate([w.ravel() for w in params]), None
            for t in range(budget):
                parts = [part.reshape(shape) for part, shape in zip(np.split(flat, cuts), shapes)]
                _, grads = gradient(parts, rng.permutation(n)[:32])
                flat, state = rule(flat, np.concatenate([g.ravel() for g in grads]), state, rate(t, budget))
            return [part.reshape(shape) for part, shape in zip(np.split(flat, cuts), shapes)]
            """
        ),
        "shuffled once, in a circle": _train(
            """
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            params, states = list(params), [None] * len(params)
            deck = rng.permutation(n)
            for t in range(budget):
                grads = gradient(params, deck[:32])[1]
                deck = np.roll(deck, -32)
                for i in range(len(params)):
                    params[i], states[i] = rule(params[i], grads[i], states[i], rate(t, budget))
            return params
            """
        ),
        "stops when it is told to": _train(
            """
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            params, states, t = list(params), [None] * len(params), 0
            while t < budget:
                _, grads = gradient(tuple(params), list(rng.permutation(n)[:32]))
                for i, grad in enumerate(grads):
                    params[i], states[i] = rule(params[i], grad, states[i], rate(t, budget))
                t += 1
            return tuple(params)
            """
        ),
    },
    "report": {
        "name by name": _report(),
        "by the formulas": _report(
            mean="sum(runs) / len(runs)",
            spread="np.sqrt(np.sum((runs - np.mean(runs))**2) / (len(runs) - 1))",
            gain="np.mean(runs) - np.mean(base)",
            error="np.sqrt(np.sum((gains - gains.mean())**2) / (len(gains) - 1) / len(gains))",
        ),
        "by the statistics module": """
            import statistics

            def report(results, baseline):
                others = sorted((name for name in results if name != baseline), key=lambda name: -statistics.mean(results[name]))
                table = []
                for name in [baseline, *others]:
                    runs = [float(share) for share in results[name]]
                    gains = [a - b for a, b in zip(runs, map(float, results[baseline]))]
                    table.append([statistics.mean(runs), statistics.stdev(runs), statistics.mean(gains), statistics.stdev(gains) / len(gains)**0.5])
                return [baseline, *others], np.array(table)
        """,
        "as one array": """
            def report(results, baseline):
                names = np.array(list(results))
                runs = np.array([results[name] for name in results])
                gains = runs - runs[names == baseline]
                table = np.stack([runs.mean(1), runs.std(1, ddof=1), gains.mean(1), gains.std(1, ddof=1) / np.sqrt(runs.shape[1])], axis=1)
                order = np.lexsort((-table[:, 0], names != baseline))
                return names[order], table[order]
        """,
        "rows first, then sorted": """
            def report(results, baseline):
                rows = []
                for name, runs in results.items():
                    gains = np.subtract(runs, results[baseline])
                    error = np.sqrt(np.var(gains, ddof=1) / gains.size)
                    rows.append((name, np.mean(runs), np.std(runs, ddof=1), np.mean(gains), error))
                rows.sort(key=lambda row: row[1], reverse=True)
                rows.sort(key=lambda row: row[0] != baseline)
                return [row[0] for row in rows], np.array([row[1:] for row in rows])
        """,
    },
}

WRONG = {
    "build": {
        "half as large": _build("0.5 * rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))"),
        "exponential weights": _build("rng.exponential(np.sqrt(2 / n_in), (n_in, n_out))"),
        "shifted": _build("rng.normal(0.02, np.sqrt(2 / n_in), (n_in, n_out))"),
        "one input too many": _build("rng.normal(0, np.sqrt(2 / (n_in + 1)), (n_in, n_out))"),
        "only signs": _build("np.sign(rng.normal(size=(n_in, n_out))) * np.sqrt(1 / n_in)"),
        "random signs of the biases": _build(biases="0.01 * rng.choice([-1.0, 1.0], n_out)"),
        "biases are a number": _build(biases="np.zeros(())"),
        "the layers in reverse": _build(end="params[::-1]"),
        "the first layer only": _build(end="params[:2]"),
        "a layer too many": _build(end="params + params[-2:]"),
        "inputs and outputs changed": _build(pairs="zip(sizes[1:], sizes[:-1])"),
    },
    "train": {
        "one digit at a time": _train(draw=("order[:32], order[32:]", "order[:1], order[1:]")),
        "half of the digits": _train(half=("rng.permutation(n)", "rng.permutation(n // 2)")),
        "every step made twice": _train(
            twice=("for i in range(len(params)):", "for i in list(range(len(params))) * 2:")
        ),
        "the rate squared": _train(square=("rate(t, budget))", "rate(t, budget)**2)")),
        "a gradient for every array": _train(
            loop="""
        def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
            params, states = list(params), [None] * len(params)
            for t in range(budget // len(params)):
                for i in range(len(params)):
                    grads = gradient(params, rng.permutation(n)[:32])[1]
                    params[i], states[i] = rule(params[i], grads[i], states[i], rate(t, budget))
            return params
            """
        ),
        "one step fewer": _train(fewer=("range(budget)", "range(budget - 1)")),
        "some decay on the side": _train(
            decay=("rule(params[i],", "rule(0.9 * params[i],"),
        ),
        "the gradients are handed back": _train(end=("return params", "return grads")),
        "as one long vector": _train(
            end=("return params", "return [np.concatenate([w.ravel() for w in params])]")
        ),
        "the loss as well": _train(end=("return params", "return [*params, np.array(loss)]")),
        "clipped": _train(clip=("rule(params[i], grads[i],", "rule(params[i], np.clip(grads[i], -0.01, 0.01),")),
        "states in one list too short": _train(
            short=("states[i] = rule(params[i], grads[i], states[i],", "states[0] = rule(params[i], grads[i], states[0] if i % 2 == 0 and np.ndim(states[0]) == 0 else None,")
        ),
        "steps backwards in time": _train(back=("rate(t, budget))", "rate(budget - 1 - t, budget))")),
    },
    "report": {
        "errors added": _report(error="(runs.std(ddof=1) + base.std(ddof=1)) / len(gains)**0.5"),
        "twice the error": _report(error="2 * gains.std(ddof=1) / len(gains)**0.5"),
        "the error divided by the root of n - 1": _report(error="gains.std(ddof=1) / (len(gains) - 1)**0.5"),
        "sizes of the gains": _report(gains="np.abs(runs - base)"),
        "against the best": _report(gains="runs - max(np.mean(results[other]) for other in results)"),
        "sorted runs": _report(gains="np.sort(runs) - np.sort(base)"),
        "against the mean of the baseline": _report(gains="runs - base.mean()"),
        "by the highest run": _report(key="-np.max(results[name])"),
        "the baseline last": _report(first="name == baseline"),
        "columns changed": _report(mean="runs.std(ddof=1)", spread="runs.mean()"),
        "three columns": _report(end="names, np.array(rows)[:, :3]"),
        "a list of lists": _report(end="names, rows"),
        "the names alone": _report(end="names"),
        "errors in percent": _report(error="100 * gains.std(ddof=1) / len(gains)**0.5"),
    },
}  # fmt: skip

_NO_WORSE = "The batches are a little different, and none of them is worse: the exercise is judged by what the run reaches."

EQUIVALENT = {
    "train": {
        "if len(order) < 32: -> if len(order) != 32:": "Shuffles anew for every batch, which is allowed.",
        "if len(order) < 32: -> if len(order) <= 32:": "Lets a last batch of exactly 32 go. " + _NO_WORSE,
        "if len(order) < 32: -> if len(order) < 33:": "Lets a last batch of exactly 32 go. " + _NO_WORSE,
        "if len(order) < 32: -> if len(order) < 31:": "A last batch of 31 is used. " + _NO_WORSE,
        "batch, order = order[:32], order[32:] -> batch, order = order[: 31], order[32:]": "Batches of 31. " + _NO_WORSE,
        "batch, order = order[:32], order[32:] -> batch, order = order[:32], order[ 33:]": "One digit in 33 waits for the next epoch. " + _NO_WORSE,
        "batch, order = order[:32], order[32:] -> batch, order = order[:32], order[ 31:]": "One digit in 32 comes twice. " + _NO_WORSE,
    },
}  # fmt: skip
