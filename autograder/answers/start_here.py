"""Answers to the exercise of lesson 00."""

RIGHT = {
    "rosenbrock": {
        "as the formula": "def rosenbrock(w1, w2): return (1 - w1)**2 + 100 * (w2 - w1**2)**2",
        "multiplied out": "def rosenbrock(w1, w2): return 1 - 2*w1 + w1*w1 + 100*w2*w2 - 200*w2*w1*w1 + 100*w1**4",
        "as a lambda": "rosenbrock = lambda w1, w2: 100 * (w1**2 - w2)**2 + (w1 - 1)**2",
        "by way of a list": """
            def rosenbrock(w1, w2):
                loss = np.square(1 - np.asarray(w1)) + 100 * np.square(np.asarray(w2) - np.square(w1))
                return np.array(loss.tolist())
        """,
    },
}

WRONG = {
    "rosenbrock": {
        formula: f"def rosenbrock(w1, w2): return {formula}"
        for formula in (
            "(1 - w1)**2 + 10 * (w2 - w1**2)**2", "(1 - w1) + 100 * (w2 - w1**2)**2",
            "(1 - w1)**2 * 100 * (w2 - w1**2)**2", "(1 - w1)**2 + 100 * (w2 + w1**2)**2",
            "(1 + w1)**2 + 100 * (w2 - w1**2)**2", "np.sum((1 - w1)**2 + 100 * (w2 - w1**2)**2)",
        )
    },
}  # fmt: skip
