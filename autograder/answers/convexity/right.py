"""Right answers to the exercises of lesson 02, in several styles."""

from autograder.answers.convexity.sources import chord, rate, semidefinite

RIGHT = {
    "violates_chord": {
        "as the lesson": chord(),
        "as a step from a": chord(
            curve="f(a + lam * (b - a))", chord="f(a) + lam * (f(b) - f(a))", above="curve - chord > tol"
        ),
        "lambda counted from b": chord(
            curve="f(lam * a + (1 - lam) * b)", chord="lam * f(a) + (1 - lam) * f(b)"
        ),
        "any of a list": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                gaps = [f((1 - lam) * a + lam * b) - (1 - lam) * f(a) - lam * f(b) for lam in lambdas]
                return np.any(np.array(gaps) > tol, axis=0)
        """,
        "the highest gap": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                highest = -np.inf
                for lam in lambdas:
                    here, there = 1 - lam, lam
                    highest = np.maximum(highest, f(here * a + there * b) - (here * f(a) + there * f(b)))
                return highest > tol
        """,
        "all lambdas at once": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                a, b, lam = np.asarray(a), np.asarray(b), np.asarray(lambdas)
                fa, fb = f(a), f(b)
                lam_points = lam.reshape(-1, *[1] * a.ndim)
                lam_losses = lam.reshape(-1, *[1] * np.ndim(fa))
                curve = f(a + lam_points * (b - a))
                return (curve > fa + lam_losses * (fb - fa) + tol).any(axis=0)
        """,
        "by einsum, as 0 and 1": """
            def violates_chord(f, a, b, lambdas, tol=1e-9):
                shares = np.stack([1 - lambdas, lambdas])
                points = np.einsum("sk,s...->k...", shares, np.stack([a, b]))
                chord = np.einsum("sk,s...->k...", shares, np.stack([f(a), f(b)]))
                return np.max(f(points) > chord + tol, axis=0).astype(int)
        """,
    },
    "numerical_hessian": {
        "in place, on copies": """
            def numerical_hessian(f, w, h=1e-4):
                n = len(w)
                H = np.zeros((n, n))
                for i in range(n):
                    for j in range(n):
                        total = 0.0
                        for si in (1, -1):
                            for sj in (1, -1):
                                moved = np.array(w, dtype=float)
                                moved[i] += si * h
                                moved[j] += sj * h
                                total += si * sj * f(moved)
                        H[i, j] = total / (4 * h * h)
                return H
        """,
        "three points on the diagonal, the rest mirrored": """
            def numerical_hessian(f, w, h=1e-4):
                n, e = len(w), h * np.eye(len(w))
                H = np.empty((n, n))
                for i in range(n):
                    H[i, i] = (f(w + e[i]) - 2 * f(w) + f(w - e[i])) / h**2
                    for j in range(i):
                        H[i, j] = H[j, i] = (
                            f(w + e[i] + e[j]) - f(w + e[i] - e[j]) - f(w - e[i] + e[j]) + f(w - e[i] - e[j])
                        ) / (4 * h**2)
                return H
        """,
        "the gradient of the gradient": """
            def numerical_hessian(f, w, h=1e-4):
                e = h * np.eye(len(w))
                def gradient(w):
                    return np.array([(f(w + step) - f(w - step)) / (2 * h) for step in e])
                return np.array([(gradient(w + step) - gradient(w - step)) / (2 * h) for step in e])
        """,
        "by polarisation": """
            def numerical_hessian(f, w, h=1e-4):
                e = h * np.eye(len(w))
                along = lambda d: f(w + d) - 2 * f(w) + f(w - d)
                return np.array([[(along(p + q) - along(p) - along(q)) / (2 * h**2) for q in e] for p in e])
        """,
        "half steps": """
            def numerical_hessian(f, w, h=1e-4):
                e = h / 2 * np.eye(len(w))
                return np.array([
                    [(f(w + p + q) - f(w + p - q) - f(w - p + q) + f(w - p - q)) / h**2 for q in e] for p in e
                ])
        """,
        "by einsum": """
            def numerical_hessian(f, w, h=1e-4):
                n, signs = len(w), np.array([1.0, -1.0])
                e = h * np.eye(n)
                values = np.array([[[[f(w + s * p + t * q) for t in signs] for s in signs] for q in e] for p in e])
                return np.einsum("ijst,s,t->ij", values, signs, signs) / (4 * h**2)
        """,
    },
    "is_positive_semidefinite": {
        "all of them": semidefinite("np.all(np.linalg.eigvalsh(H) >= -tol, axis=-1)"),
        "the smallest": semidefinite("np.linalg.eigvalsh(H).min(axis=-1) >= -tol"),
        "none below": semidefinite("~np.any(np.linalg.eigvalsh(H) < -tol, axis=-1)"),
        "eig, all of them": semidefinite("np.all(np.real(np.linalg.eig(H)[0]) >= -tol, axis=-1)"),
        "by eigh, as 0 and 1": semidefinite("(np.linalg.eigh(H)[0][..., 0] >= -tol).astype(int)"),
        "one by one": """
            def is_positive_semidefinite(H, tol=1e-6):
                if np.ndim(H) > 2:
                    return np.array([is_positive_semidefinite(one, tol) for one in H])
                for curvature in np.linalg.eigvalsh(H):
                    if curvature < -tol:
                        return False
                return True
        """,
    },
    "best_learning_rate": {
        "by min and max": rate("2 / (c.max(axis=-1) + c.min(axis=-1))"),
        "as one over the mean": rate("1 / ((c[..., 0] + c[..., -1]) / 2)"),
        "by the condition number": rate("2 / c[..., 0] / (1 + c[..., -1] / c[..., 0])"),
        "by eig": "def best_learning_rate(H): v = np.real(np.linalg.eig(H)[0]); return 2 / (v.max(-1) + v.min(-1))",
        "in single precision": """
            def best_learning_rate(H):
                c = np.linalg.eigvalsh(np.asarray(H, dtype=np.float32))
                return np.float32(2) / (c[..., -1] + c[..., 0])
        """,
        "one by one": """
            def best_learning_rate(H):
                if np.ndim(H) > 2:
                    return np.array([best_learning_rate(one) for one in H])
                mu, *_, L = [*np.linalg.eigvalsh(H)] * 2
                return 2 / (L + mu)
        """,
        "from both norms": """
            def best_learning_rate(H):
                L = np.linalg.norm(H, ord=2, axis=(-2, -1))
                mu = 1 / np.linalg.norm(np.linalg.inv(H), ord=2, axis=(-2, -1))
                return 2 / (L + mu)
        """,
    },
    "contraction_factor": {
        "as the formula": "def contraction_factor(kappa): return (kappa - 1) / (kappa + 1)",
        "from 1": "def contraction_factor(kappa): return 1 - 2 / (kappa + 1)",
        "as a slope": "def contraction_factor(kappa): return np.tanh(np.log(kappa) / 2)",
        "by way of 1 / kappa": "def contraction_factor(kappa): return (1 - 1 / kappa) / (1 + 1 / kappa)",
        "in single precision": """
            def contraction_factor(kappa):
                k = np.asarray(kappa, dtype=np.float32)
                return (k - np.float32(1)) / (k + np.float32(1))
        """,
        "by np.vectorize": """
            one = lambda kappa: (kappa - 1) / (kappa + 1)
            def contraction_factor(kappa): return np.vectorize(one, otypes=[float])(kappa)
        """,
    },
}
