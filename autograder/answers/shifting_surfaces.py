"""Answers to the exercises of lesson 12."""


def _split(at: str = "round(fraction * len(members))", members: str = "rng.permutation(np.flatnonzero(labels == label))",
           end: str = "rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))") -> str:  # fmt: skip
    return f"""
        def stratified_split(labels, fraction, rng):
            train, test = [], []
            for label in np.unique(labels):
                members = {members}
                at = {at}
                train.append(members[:at])
                test.append(members[at:])
            return {end}
    """


def _scaled(
    mean: str = "train.mean(axis=0)", spread: str = "train.std(axis=0)", test: str = "(test - mean) / spread"
) -> str:
    return f"""
        def standardize_both(train, test):
            mean, spread = {mean}, {spread}
            return (train - mean) / spread, {test}
    """


def _slice(step: str, where: str = "W + alpha * step") -> str:
    return f"""
        def loss_slice(loss, W, direction, alphas):
            step = {step}
            return np.array([loss({where}) for alpha in alphas])
    """


def _shift(distance: str) -> str:
    return f"""
        def minimum_shift(X_train, y_train, X_test, y_test):
            a = np.linalg.lstsq(X_train, y_train, rcond=None)[0]
            b = np.linalg.lstsq(X_test, y_test, rcond=None)[0]
            return {distance}
    """


def _gap(gap: str, w: str = "np.linalg.lstsq(X_train, y_train, rcond=None)[0]") -> str:
    return f"""
        def generalization_gap(X_train, y_train, X_test, y_test):
            w = {w}
            return {gap}
    """


_STEP = "direction * np.linalg.norm(W, axis=0) / np.linalg.norm(direction, axis=0)"
_GAP = "np.mean((X_test @ w - y_test) ** 2) - np.mean((X_train @ w - y_train) ** 2)"

RIGHT = {
    "stratified_split": {
        "label by label": _split(),
        "with the shuffle in place": """
            def stratified_split(labels, fraction, rng):
                train, test = [], []
                for label in set(labels.tolist()):
                    members = [i for i, other in enumerate(labels) if other == label]
                    rng.shuffle(members)
                    at = int(np.rint(fraction * len(members)))
                    train += members[:at]
                    test += members[at:]
                rng.shuffle(train)
                rng.shuffle(test)
                return np.array(train), np.array(test)
        """,
        "rounded down": _split("int(fraction * len(members))"),
        "by ranks within the label": """
            def stratified_split(labels, fraction, rng):
                order = rng.permutation(len(labels))
                mixed = labels[order]
                rank = np.array([np.sum(mixed[:i] == mixed[i]) for i in range(len(mixed))])
                size = np.array([np.sum(mixed == label) for label in mixed])
                chosen = rank < np.rint(fraction * size)
                return order[chosen], order[~chosen]
        """,
        "by choice": """
            def stratified_split(labels, fraction, rng):
                train = np.concatenate([
                    rng.choice(np.flatnonzero(labels == label), round(fraction * np.sum(labels == label)), replace=False)
                    for label in np.unique(labels)
                ])
                test = np.setdiff1d(np.arange(len(labels)), train)
                return rng.permutation(train), rng.permutation(test)
        """,
    },
    "standardize_both": {
        "as the formula": _scaled(),
        "by hand": _scaled(
            "train.sum(axis=0) / len(train)", "np.sqrt(np.mean((train - train.mean(axis=0)) ** 2, axis=0))"
        ),
        "by a function": """
            def standardize_both(train, test):
                scale = lambda x: (x - np.mean(train, axis=0)) / np.std(train, axis=0)
                return scale(train), scale(test)
        """,
        "feature by feature": """
            def standardize_both(train, test):
                a, b = np.zeros(train.shape), np.zeros(test.shape)
                for j in range(train.shape[1]):
                    column = train[:, j]
                    a[:, j] = (column - column.mean()) / column.std()
                    b[:, j] = (test[:, j] - column.mean()) / column.std()
                return a, b
        """,
        "in place, on copies": """
            def standardize_both(train, test):
                mean, spread = train.mean(0), train.std(0)
                a, b = train.copy(), test.copy()
                for x in (a, b):
                    x -= mean
                    x /= spread
                return a, b
        """,
    },
    "loss_slice": {
        "as the formula": _slice(_STEP),
        "by einsum": _slice(
            "direction * np.sqrt(np.einsum('ij,ij->j', W, W) / np.einsum('ij,ij->j', direction, direction))"
        ),
        "into an empty array": """
            def loss_slice(loss, W, direction, alphas):
                unit = direction / np.sqrt((direction**2).sum(axis=0))
                losses = np.zeros(len(alphas))
                for i, alpha in enumerate(alphas):
                    losses[i] = loss(W + alpha * unit * np.sqrt((W**2).sum(axis=0)))
                return losses
        """,
        "column by column": """
            def loss_slice(loss, W, direction, alphas):
                step = np.zeros(W.shape)
                for j in range(W.shape[1]):
                    step[:, j] = direction[:, j] / np.linalg.norm(direction[:, j]) * np.linalg.norm(W[:, j])
                return np.asarray([loss(W + a * step) for a in alphas])
        """,
        "as a product of matrices": _slice(
            "direction @ np.diag(np.linalg.norm(W, axis=0) / np.linalg.norm(direction, axis=0))"
        ),
    },
    "minimum_shift": {
        "by the norm": _shift("np.linalg.norm(b - a)"),
        "by the root": _shift("np.sqrt(np.sum((a - b) ** 2))"),
        "by a dot product": _shift("((b - a) @ (b - a)) ** 0.5"),
        "by the normal equations": """
            def minimum_shift(X_train, y_train, X_test, y_test):
                a, b = (np.linalg.solve(X.T @ X, X.T @ y) for X, y in ((X_train, y_train), (X_test, y_test)))
                return np.linalg.norm(a - b)
        """,
        "by the pseudo-inverse": """
            def minimum_shift(X_train, y_train, X_test, y_test):
                return np.linalg.norm(np.linalg.pinv(X_test) @ y_test - np.linalg.pinv(X_train) @ y_train)
        """,
    },
    "generalization_gap": {
        "as the formula": _gap(_GAP),
        "by the normal equations": _gap(_GAP, "np.linalg.solve(X_train.T @ X_train, X_train.T @ y_train)"),
        "by the pseudo-inverse": _gap(_GAP, "np.linalg.pinv(X_train) @ y_train"),
        "by a function": """
            def generalization_gap(X_train, y_train, X_test, y_test):
                w, *_ = np.linalg.lstsq(X_train, y_train, rcond=None)
                loss = lambda X, y: np.square(X @ w - y).mean()
                return loss(X_test, y_test) - loss(X_train, y_train)
        """,
        "by dot products": _gap(
            "(X_test @ w - y_test) @ (X_test @ w - y_test) / len(y_test)"
            " - (X_train @ w - y_train) @ (X_train @ w - y_train) / len(y_train)"
        ),
    },
    "importance_weights": {
        "as the formula": "def importance_weights(p_train, p_test): return p_test / p_train / np.mean(p_test / p_train)",
        "in two lines": """
            def importance_weights(p_train, p_test):
                ratio = np.divide(p_test, p_train)
                return ratio * len(ratio) / ratio.sum()
        """,
        "in place, on a copy": """
            def importance_weights(p_train, p_test):
                weights = np.array(p_test, dtype=float)
                weights /= p_train
                weights /= weights.mean()
                return weights
        """,
        "example by example": """
            def importance_weights(p_train, p_test):
                ratios = [b / a for a, b in zip(p_train, p_test)]
                return np.array([ratio / (sum(ratios) / len(ratios)) for ratio in ratios])
        """,
        "in single precision": """
            def importance_weights(p_train, p_test):
                ratio = np.float32(p_test) / np.float32(p_train)
                return ratio / ratio.mean()
        """,
    },
}

WRONG = {
    "stratified_split": {
        "half and half": _split("len(members) // 2"),
        "one more of each": _split("round(fraction * len(members)) + 1"),
        "rounded down by more than one": _split("max(int(fraction * len(members)) - 1, 1)"),
        "labels in place of indices": _split(members="np.flatnonzero(labels == label) * 0 + label"),
        "only the first label": _split(end="train[0], test[0]"),
        "the test part twice": _split(end="np.concatenate(test), np.concatenate(test)"),
        "positions within the label": _split(members="rng.permutation(np.sum(labels == label))"),
    },
    "standardize_both": {
        "the median": _scaled("np.median(train, axis=0)"),
        "the range": _scaled(spread="np.ptp(train, axis=0)"),
        "rows instead of features": _scaled("train.mean(axis=1).mean()", "train.std(axis=1).mean()"),
        "mean added": _scaled("-train.mean(axis=0)"),
        "a small number in the spread": _scaled(spread="train.std(axis=0) + 1e-2"),
        "test divided by its own spread": _scaled(test="(test - mean) / test.std(axis=0)"),
        "the test set twice": _scaled(test="((test - mean) / spread - mean) / spread"),
        "the mean of the test set's first example": _scaled(test="(test - test[0]) / spread"),
    },
    "loss_slice": {
        "the largest entry": _slice("direction / np.max(np.abs(direction)) * np.max(np.abs(W))"),
        "sizes added up": _slice("direction * np.sum(np.abs(W), axis=0) / np.sum(np.abs(direction), axis=0)"),
        "the direction times W": _slice("direction * W"),
        "a random walk": _slice(_STEP, "W + alpha * step * np.sign(W)"),
        "alpha squared": _slice(_STEP, "W + alpha**2 * step"),
        "never left": _slice(_STEP, "W"),
        "half a step": _slice(_STEP, "W + 0.5 * alpha * step"),
        "the loss of the step": _slice(_STEP, "step * (1 + alpha)"),
    },
    "minimum_shift": {
        distance: _shift(distance)
        for distance in (
            "np.max(np.abs(a - b))", "np.linalg.norm(a - b) / np.linalg.norm(a)", "np.linalg.norm(a + b)",
            "np.linalg.norm(a - b) / 2", "abs(a[0] - b[0])", "np.linalg.norm(a) * 1.0", "np.sum(a - b)",
        )
    },
    "generalization_gap": {
        "sizes of the errors": _gap("np.mean(np.abs(X_test @ w - y_test)) - np.mean(np.abs(X_train @ w - y_train))"),
        "squares of means": _gap("np.mean(X_test @ w - y_test) ** 2 - np.mean(X_train @ w - y_train) ** 2"),
        "nothing learnt": _gap(_GAP, "np.zeros(X_train.shape[1])"),
        "trained on both": _gap(
            _GAP, "np.linalg.lstsq(np.vstack([X_train, X_test]), np.r_[y_train, y_test], rcond=None)[0]"
        ),
        "a little ridge": _gap(
            _GAP,
            "np.linalg.solve(X_train.T @ X_train + 0.1 * np.eye(X_train.shape[1]), X_train.T @ y_train)",
        ),
        "added": _gap(_GAP.replace(" - np.mean((X_train", " + np.mean((X_train")),
        "the training loss alone": _gap("np.mean((X_train @ w - y_train) ** 2)"),
    },
    "importance_weights": {
        formula: f"def importance_weights(p_train, p_test): return {formula}"
        for formula in (
            "np.ones_like(p_train)", "np.sqrt(p_test / p_train) / np.mean(np.sqrt(p_test / p_train))",
            "(p_test / p_train) / np.median(p_test / p_train)", "np.log(1 + p_test / p_train)",
            "p_test / (p_train + p_test) / np.mean(p_test / (p_train + p_test))", "np.clip(p_test / p_train, 0, 2)",
            "p_test / p_train / np.linalg.norm(p_test / p_train)",
        )
    },
}  # fmt: skip
