"""Answers to the exercises of lesson 08."""


def _moment(name: str, formula: str) -> str:
    """The source of a moment; `a` is the old one, `g` the gradient and `b` the beta."""
    old, beta = ("m", "beta1") if name == "first_moment" else ("v", "beta2")
    return f"""
        def {name}({old}, grad, {beta}):
            a, g, b = {old}, np.asarray(grad), {beta}
            return {formula}
    """


def _correction(formula: str) -> str:
    return f"def bias_correction(moment, beta, t): return {formula}"


def _step(
    w: str,
    m: str = "beta1 * m + (1 - beta1) * grad",
    v: str = "beta2 * v + (1 - beta2) * grad**2",
    kept: str = "m1, v1",
    first: str = "grad = np.asarray(grad)",
) -> str:
    """The source of Adam from its formulas; `m1`, `v1` are the new moments, `mh`, `vh` the corrected ones."""
    return f"""
        def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            {first}
            m1 = {m}
            v1 = {v}
            mh, vh = m1 / (1 - beta1**t), v1 / (1 - beta2**t)
            return {w}, {kept}
    """


def _decaying(source: str, decay: str = "lr * weight_decay * w") -> str:
    """The source of AdamW from that of Adam."""
    source = source.replace("adam_step", "adamw_step").replace("eps=1e-8)", "eps=1e-8, weight_decay=0.01)")
    return source.replace(", m1, v1", f" - ({decay}), m1, v1")


_BY_HAND = {
    "adam_step": {
        "as the formula": _step("w - lr * mh / (np.sqrt(vh) + eps)"),
        "a share of the way": _step(
            "w - lr / (vh**0.5 + eps) * mh",
            "m + (1 - beta1) * (grad - m)",
            "v + (1 - beta2) * (grad * grad - v)",
        ),
        "eps made to fit the uncorrected root": _step(
            "w - lr * (1 - beta2**t)**0.5 / (1 - beta1**t) * m1 / (v1**0.5 + eps * (1 - beta2**t)**0.5)"
        ),
        "in single precision": _step(
            "w - lr * mh / (np.sqrt(vh) + eps)",
            first="w, grad, m, v = (np.float32(x) for x in (w, grad, m, v))",
        ),
        "by einsum": _step(
            "w - np.einsum('...,...->...', lr * mh, 1 / (np.sqrt(vh) + eps))",
            "np.einsum('i,i...->...', [beta1, 1 - beta1], np.stack([m, grad]))",
            "np.einsum('i,i...->...', [beta2, 1 - beta2], np.stack([v, np.square(grad)]))",
        ),
        "the powers by a loop": """
            def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
                left1 = left2 = 1.0
                for _ in range(t):
                    left1, left2 = left1 * beta1, left2 * beta2
                m1 = beta1 * m + (1 - beta1) * grad
                v1 = beta2 * v + (1 - beta2) * grad * grad
                return w - lr * (m1 / (1 - left1)) / (np.sqrt(v1 / (1 - left2)) + eps), m1, v1
        """,
        "entry by entry": """
            def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
                w0, m1, v1 = np.array(w, float), np.zeros(np.shape(w)), np.zeros(np.shape(w))
                rates = np.broadcast_to(lr, w0.shape)
                new = np.zeros(w0.shape)
                for i in np.ndindex(w0.shape):
                    g = np.asarray(grad)[i]
                    m1[i] = beta1 * np.asarray(m)[i] + (1 - beta1) * g
                    v1[i] = beta2 * np.asarray(v)[i] + (1 - beta2) * g**2
                    root = (v1[i] / (1 - beta2**t)) ** 0.5
                    new[i] = w0[i] - rates[i] * m1[i] / (1 - beta1**t) / (root + eps)
                return new, m1, v1
        """,
        "in place, on copies": """
            def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
                w, m1, v1 = (np.array(x, dtype=float) for x in (w, m, v))
                m1 *= beta1
                m1 += (1 - beta1) * grad
                v1 *= beta2
                v1 += (1 - beta2) * np.square(grad)
                w -= lr * m1 / (1 - beta1**t) / (np.sqrt(v1 / (1 - beta2**t)) + eps)
                w = w
                return w, m1, v1
        """,
        "from functions of one's own": """
            def mix(old, new, share): return share * old + (1 - share) * new
            def hat(x, share, t): return x / (1 - share**t)
            def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
                m1, v1 = mix(m, grad, beta1), mix(v, np.square(grad), beta2)
                return w - lr * hat(m1, beta1, t) / (eps + np.sqrt(hat(v1, beta2, t))), m1, v1
        """,
    }
}

RIGHT = {
    name: {
        "as the formula": _moment(name, f"b * a + (1 - b) * {new}"),
        "a share of the way": _moment(name, f"a + (1 - b) * ({new} - a)"),
        "in single precision": _moment(name, f"np.float32(b * np.float32(a)) + np.float32((1 - b) * np.float32({new}))"),
        "by einsum": _moment(name, f"np.einsum('i,i...->...', [b, 1 - b], np.stack([np.asarray(a), {new}]))"),
        "by np.average": _moment(name, f"np.average([a * np.ones(np.shape(g)), {new}], axis=0, weights=[b, 1 - b])"),
        "entry by entry": _moment(name, f"np.vectorize(lambda a, g: b * a + (1 - b) * {new})(a, g)"),
    }
    for name, new in (("first_moment", "g"), ("second_moment", "g**2"))
} | {
    "bias_correction": {
        "as the formula": _correction("moment / (1 - beta**t)"),
        "by np.power": _correction("np.divide(moment, 1 - np.power(beta, t))"),
        "by a logarithm": _correction("-moment / np.expm1(t * np.log(np.maximum(beta, 1e-300)))"),
        "by a geometric series": """
            def bias_correction(moment, beta, t):
                share = 0 * (beta + t)
                for k in range(np.max(t)):
                    share = share + np.where(k < t, (1 - beta) * beta**k, 0)
                return moment / share
        """,
        "by np.vectorize": """
            one = lambda moment, beta, t: moment / (1 - beta**t)
            def bias_correction(moment, beta, t): return np.vectorize(one)(moment, beta, t)
        """,
        "in single precision": _correction("np.float32(moment) * np.float32(1 / (1 - beta**t))"),
    },
    **_BY_HAND,
    "adamw_step": {
        label: _decaying(source)
        for label, source in _BY_HAND["adam_step"].items()
        if label not in ("in place, on copies", "entry by entry")
    }
    | {
        "the decay first": """
            def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
                w = w * (1 - lr * weight_decay)
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
        """,
        "in one bracket, as a list": """
            def adamw_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
                m = np.add(beta1 * m, (1 - beta1) * grad)
                v = np.add(beta2 * v, (1 - beta2) * np.power(grad, 2))
                direction = m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps)
                return [w - lr * (direction + weight_decay * w), m, v]
        """,
    },
}  # fmt: skip

_WRONG_MOMENTS = {
    "halves": "(a + {new}) / 2",
    "beta twice": "b * a + b**2 * {new}",
    "beta squared": "b**2 * a + (1 - b**2) * {new}",
    "beta under a root": "np.sqrt(b) * a + (1 - np.sqrt(b)) * {new}",
    "the old one subtracted": "-b * a + (1 - b) * {new}",
    "1 + beta": "b * a + (1 + b) * {new}",
    "rounded": "np.round(b * a + (1 - b) * {new}, 3)",
    "the larger": "np.maximum(b * a, (1 - b) * {new})",
    "a row only": "np.array([b * x + (1 - b) * y for x, y in zip(a, {new})]).reshape(-1)",
    "cubed": "b * a + (1 - b) * {new} * g",
    "no memory for single numbers": "{new} if np.ndim(a) == 0 else b * a + (1 - b) * {new}",
    "no memory from zero": "{new} if np.all(np.equal(a, 0)) else b * a + (1 - b) * {new}",
    "a beta of 0 taken for 0.9": "(b or 0.9) * a + (1 - (b or 0.9)) * {new}",
    "one number": "np.sum(b * a + (1 - b) * {new})",
    "a copy too many": "np.stack([b * a + (1 - b) * {new}] * 2)",
}

_WRONG_STEPS = {
    "a root too many": _step("w - lr * mh / (np.sqrt(np.sqrt(vh)) + eps)"),
    "m under the root as well": _step("w - lr * np.sqrt(np.abs(mh)) * np.sign(mh) / (np.sqrt(vh) + eps)"),
    "the sign of m": _step("w - lr * np.sign(mh)"),
    "lr twice": _step("w - lr * lr * mh / (np.sqrt(vh) + eps)"),
    "the variance": _step("w - lr * mh / (np.sqrt(np.maximum(vh - mh**2, 0)) + eps)"),
    "the brackets of the division are missing": _step("w - lr * mh / np.sqrt(vh) + eps * 2"),
    "the larger v": _step("w - lr * mh / (np.sqrt(np.maximum(vh, v)) + eps)"),
    "the rate falls": _step("w - lr / np.sqrt(t) * mh / (np.sqrt(vh) + eps)"),
    "eps at least": _step("w - lr * mh / np.maximum(np.sqrt(vh), eps)"),
    "eps with its own correction": _step("w - lr * mh / (np.sqrt(vh) + eps / (1 - beta2**t))"),
    "no step without a gradient": _step("np.where(grad == 0, w, w - lr * mh / (np.sqrt(vh) + eps))"),
    "corrected in the first step only": _step("w - lr * ((mh if t == 1 else m1) / (np.sqrt(vh if t == 1 else v1) + eps))"),
    "corrected after the first step only": _step("w - lr * ((m1 if t == 1 else mh) / (np.sqrt(v1 if t == 1 else vh) + eps))"),
    "corrections of the gradient": _step("w - lr * m1 / (np.sqrt(v1) + eps)", first="grad = np.asarray(grad) / (1 - beta1**t)"),
    "the length of all m": _step("w - lr * mh / (np.sqrt(np.mean(vh)) + eps)"),
    "rounded": _step("np.round(w - lr * mh / (np.sqrt(vh) + eps), 3)"),
    "the gradient cut to length 1": _step(
        "w - lr * mh / (np.sqrt(vh) + eps)", first="grad = np.asarray(grad) / max(1, np.linalg.norm(grad))"
    ),
    "the moments remember the weights": _step("w - lr * mh / (np.sqrt(vh) + eps)", m="beta1 * w + (1 - beta1) * grad"),
    "the memory of w fades": _step("beta1 * w - lr * mh / (np.sqrt(vh) + eps)"),
    "m of the old and v of the new": _step("w - lr * (m / (1 - beta1**t)) / (np.sqrt(vh) + eps)"),
    "v by the change of m": _step("w - lr * mh / (np.sqrt(vh) + eps)", v="beta2 * v + (1 - beta2) * (grad - m1)**2"),
    "the largest size": _step("w - lr * mh / (v1 + eps)", v="np.maximum(beta2 * v, np.abs(grad))"),
    "lr left out is 0.01": _step("w - lr * mh / (np.sqrt(vh) + eps)").replace("lr=0.001", "lr=0.01"),
    "beta2 left out is 0.99": _step("w - lr * mh / (np.sqrt(vh) + eps)").replace("beta2=0.999", "beta2=0.99"),
    "beta1 left out is 0.99": _step("w - lr * mh / (np.sqrt(vh) + eps)").replace("beta1=0.9,", "beta1=0.99,"),
    "eps left out is 1e-7": _step("w - lr * mh / (np.sqrt(vh) + eps)").replace("eps=1e-8", "eps=1e-7"),
    "matrices by their rows": _step("w - lr * mh / (np.sqrt(vh) + eps)", v="beta2 * v + (1 - beta2) * np.mean(np.atleast_1d(grad)**2, axis=-1, keepdims=True)"),
    "rates for numbers only": _step("w - float(lr) * mh / (np.sqrt(vh) + eps)"),
    "in place": """
        def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            w, m1, v1 = np.asarray(w), np.asarray(m), np.asarray(v)
            m1 *= beta1; m1 += (1 - beta1) * grad
            v1 *= beta2; v1 += (1 - beta2) * grad**2
            w -= lr * m1 / (1 - beta1**t) / (np.sqrt(v1 / (1 - beta2**t)) + eps)
            return w, m1, v1
    """,
    "its own moments": """
        memory = {"m": 0.0, "v": 0.0, "t": 0}
        def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
            c = memory
            if np.shape(c["m"]) != np.shape(w): c.update(m=0.0, v=0.0, t=0)
            c["t"] += 1
            c["m"] = beta1 * c["m"] + (1 - beta1) * grad
            c["v"] = beta2 * c["v"] + (1 - beta2) * grad**2
            mh, vh = c["m"] / (1 - beta1 ** c["t"]), c["v"] / (1 - beta2 ** c["t"])
            return w - lr * mh / (np.sqrt(vh) + eps), c["m"], c["v"]
    """,
    "a config that everyone shares": """
        def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, config={}):
            config.setdefault("m", m), config.setdefault("v", v)
            config["m"] = beta1 * config["m"] + (1 - beta1) * grad
            config["v"] = beta2 * config["v"] + (1 - beta2) * grad**2
            mh, vh = config["m"] / (1 - beta1**t), config["v"] / (1 - beta2**t)
            return w - lr * mh / (np.sqrt(vh) + eps), config["m"], config["v"]
    """,
}  # fmt: skip

_RIGHT_STEP = _step("w - lr * mh / (np.sqrt(vh) + eps)")

WRONG = {
    name: {label: _moment(name, formula.format(new=new)) for label, formula in _WRONG_MOMENTS.items()}
    for name, new in (("first_moment", "g"), ("second_moment", "g**2"))
} | {
    "bias_correction": {
        formula: _correction(f"{formula} + 0 * moment + 0 * beta * t")
        for formula in (
            "moment / (1 - beta**2)", "moment / (1 - beta)**2", "moment / (1 - beta**t)**2", "moment / (1 - beta)**0.5",
            "moment * beta**t", "moment / (1 - beta / t)", "moment / (1 - (1 - beta)**t)", "moment / (t * (1 - beta))",
            "moment / t", "moment + beta**t", "moment * t / (1 - beta**t)", "moment // (1 - beta**t)",
            "np.abs(moment) / (1 - beta**t)", "np.round(moment / (1 - beta**t), 3)", "moment / (1 - beta**min(t, 10))",
            "np.sum(moment) / (1 - beta**t)", "moment / (1 - beta**(2 * t))", "moment / (1 - np.exp(-t * (1 - beta)))",
            "(moment / (1 - beta) if t == 1 else moment)", "moment / max(1 - beta**t, 0.5)",
            "moment / (1 - float(beta)**t)", "moment / (1 - beta**int(t))", "moment / (1 - beta**t + 1e-3)",
        )
    }
    | {"overwritten": "def bias_correction(moment, beta, t):\n    moment /= 1 - beta**t\n    return moment"},
    "adam_step": _WRONG_STEPS,
    "adamw_step": {label: _decaying(source) for label, source in _WRONG_STEPS.items() if "config={}" not in source}
    | {
        label: _decaying(_RIGHT_STEP, decay)
        for label, decay in {
            "decayed by the new m": "lr * weight_decay * m1",
            "decayed on the scale of v": "lr * weight_decay * w / (np.sqrt(vh) + eps)",
            "decayed by a square root": "np.sqrt(lr * weight_decay) * w",
            "decayed less and less": "lr * weight_decay * w / t",
            "decayed by the mean": "lr * weight_decay * np.mean(w)",
            "decayed by the size": "lr * weight_decay * np.abs(w)",
            "decayed where the gradient is not 0": "lr * weight_decay * w * (grad != 0)",
            "decayed by lr and by weight_decay": "(lr + weight_decay) * w",
            "rates for numbers only": "float(lr) * weight_decay * w",
        }.items()
    }
    | {
        "L2 in m only": _decaying(_step(
            "w - lr * mh / (np.sqrt(vh) + eps)", m="beta1 * m + (1 - beta1) * (grad + weight_decay * w)"
        ), "0"),
        "twice L2 in the gradient": _decaying(_step(
            "w - lr * mh / (np.sqrt(vh) + eps)", first="grad = np.asarray(grad) + 2 * weight_decay * w"
        ), "0"),
        "L2 in the gradient and the decay": _decaying(_step(
            "w - lr * mh / (np.sqrt(vh) + eps)", first="grad = np.asarray(grad) + weight_decay * w"
        )),
        "weight_decay left out is 0.0001": _decaying(_RIGHT_STEP).replace("weight_decay=0.01", "weight_decay=1e-4"),
        "weight_decay left out is 0": _decaying(_RIGHT_STEP).replace("weight_decay=0.01", "weight_decay=0.0"),
    },
}  # fmt: skip

EQUIVALENT: dict[str, dict[str, str]] = {}
