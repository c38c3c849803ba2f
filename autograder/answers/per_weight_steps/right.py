"""Right answers to the exercises of lesson 06, in several styles."""

from autograder.answers.per_weight_steps.sources import STEP

RIGHT = {
    "normalized_step": {
        "as the formula": """
            def normalized_step(w, grad, lr, eps=1e-7):
                return w - lr * grad / (np.linalg.norm(grad) + eps)
        """,
        "by hand": """
            def normalized_step(w, grad, lr, eps=1e-7):
                total = 0.0
                for slope in np.ravel(grad):
                    total += slope**2
                length = total**0.5 + eps
                return np.asarray(w) - lr / length * np.asarray(grad)
        """,
        "by einsum": """
            def normalized_step(w, grad, lr, eps=1e-7):
                g = np.ravel(grad)
                step = lr * g / (np.sqrt(np.einsum("i,i->", g, g)) + eps)
                return np.subtract(w, step.reshape(np.shape(grad)))
        """,
        "in place, on copies": """
            def normalized_step(w, grad, lr, eps=1e-7):
                w, grad = np.array(w, dtype=float), np.array(grad, dtype=float)
                grad /= np.sqrt((grad * grad).sum()) + eps
                grad *= lr
                w -= grad
                return w
        """,
        "in single precision": """
            def normalized_step(w, grad, lr, eps=1e-7):
                w, grad = np.float32(w), np.float32(grad)
                return w - np.float32(lr) * grad / (np.sqrt(np.sum(grad**2)) + np.float32(eps))
        """,
        "by hypot": """
            import functools
            normalized_step = lambda w, grad, lr, eps=1e-7: w + -lr * grad / (eps + functools.reduce(np.hypot, np.ravel(grad), 0.0))
        """,
    },
    "scaled_step": {
        "as the formula": "def scaled_step(w, grad, rates): return w - rates * grad",
        "in place, on a copy": """
            def scaled_step(w, grad, rates):
                w = np.array(w, dtype=float)
                w -= np.multiply(rates, grad)
                return w
        """,
        "over all elements, one by one": """
            def scaled_step(w, grad, rates):
                w, grad, rates = np.broadcast_arrays(w, grad, rates)
                result = np.empty(w.shape)
                for index in np.ndindex(w.shape):
                    result[index] = w[index] - rates[index] * grad[index]
                return result
        """,
        "with a matrix that has the rates on its diagonal": """
            def scaled_step(w, grad, rates):
                rates = np.broadcast_to(rates, np.shape(w))
                flat = np.diag(rates.ravel()) @ np.ravel(grad)
                return np.asarray(w) - flat.reshape(np.shape(w))
        """,
        "by einsum": """
            def scaled_step(w, grad, rates):
                return np.asarray(w) - np.einsum("...,...->...", rates, grad)
        """,
        "in single precision": """
            scaled_step = lambda w, grad, rates: np.float32(w) - np.float32(rates) * np.float32(grad)
        """,
    },
    "adagrad_step": {
        "as the formula": STEP,
        "over all elements, one by one": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                new_w, new_s = np.zeros(np.shape(w)), np.zeros(np.shape(w))
                for index in np.ndindex(np.shape(w)):
                    g = np.asarray(grad)[index]
                    new_s[index] = np.asarray(s)[index] + g * g
                    new_w[index] = np.asarray(w)[index] - lr * g / (new_s[index] ** 0.5 + eps)
                return new_w, new_s
        """,
        "in place, on copies": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                w, s = np.array(w, dtype=float), np.array(s, dtype=float)
                s += np.square(grad)
                w -= lr * grad / (np.sqrt(s) + eps)
                return w, s
        """,
        "by einsum, the rates first": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                s = s + np.einsum("...,...->...", grad, grad)
                rates = lr / (eps + s**0.5)
                return [np.asarray(w) - rates * grad, np.asarray(s)]
        """,
        "by hypot": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                root = np.hypot(np.sqrt(s), grad)
                return w - lr * grad / (root + eps), root**2
        """,
        "in single precision": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                w, g, s = np.float32(w), np.float32(grad), np.float32(s)
                s = s + g * g
                return w - np.float32(lr) * g / (np.sqrt(s) + np.float32(eps)), s
        """,
        "as a lambda": """
            adagrad_step = lambda w, grad, s, lr, eps=1e-7: (w - lr * grad / (np.sqrt(s := s + grad**2) + eps), s)
        """,
    },
    "adagrad": {
        "with the step": STEP
        + """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s, path = np.zeros_like(w), [w]
                for _ in range(steps):
                    w, s = adagrad_step(w, gradient(w), s, lr, eps)
                    path.append(w)
                return np.array(path)
        """,
        "into an empty array": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                path = np.empty((steps + 1, *np.shape(w)))
                path[0] = w
                s = 0
                for t in range(steps):
                    g = gradient(path[t])
                    s = s + g**2
                    path[t + 1] = path[t] - lr * g / (np.sqrt(s) + eps)
                return path
        """,
        "from the whole history": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.asarray(w, dtype=float)
                path, history = [w], []
                while len(history) < steps:
                    history.append(gradient(path[-1]))
                    root = np.linalg.norm(history, axis=0)
                    path.append(path[-1] - lr * history[-1] / (root + eps))
                return np.stack(path)
        """,
        "by accumulate": STEP
        + """
            from itertools import accumulate
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.asarray(w, dtype=float)
                states = accumulate(
                    range(steps), lambda ws, _: adagrad_step(ws[0], gradient(ws[0]), ws[1], lr, eps), initial=(w, 0 * w)
                )
                return np.array([w for w, s in states])
        """,
        "in place, on copies": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s = np.zeros(w.shape)
                path = [w.copy()]
                for _ in range(steps):
                    g = gradient(w)
                    s += g * g
                    w -= lr * g / (np.sqrt(s) + eps)
                    path.append(w.copy())
                return np.array(path)
        """,
        "by recursion": """
            def adagrad(gradient, w, lr, steps, eps=1e-7, s=0.0):
                w = np.asarray(w, dtype=float)
                if steps == 0:
                    return w[None]
                g = gradient(w)
                s = s + g**2
                rest = adagrad(gradient, w - lr * g / (np.sqrt(s) + eps), lr, steps - 1, eps, s)
                return np.concatenate([w[None], rest])
        """,
    },
}
