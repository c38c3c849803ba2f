# Everything right in a style of her own: all lambdas at once, steps in place on copies, eigenvalues one by one.

# %% violates_chord
def violates_chord(f, a, b, lambdas, tol=1e-9):
    gaps = [f(a + lam * (b - a)) - f(a) - lam * (f(b) - f(a)) for lam in lambdas]
    return (np.array(gaps) > tol).any(axis=0)

# %% numerical_hessian
def numerical_hessian(f, w, h=1e-4):
    H = np.zeros((len(w), len(w)))
    for i in range(len(w)):
        for j in range(len(w)):
            for up, across in [(1, 1), (1, -1), (-1, 1), (-1, -1)]:
                moved = np.array(w, dtype=float)
                moved[i] += up * h
                moved[j] += across * h
                H[i, j] += up * across * f(moved)
    return H / (2 * h) ** 2

# %% is_positive_semidefinite
def is_positive_semidefinite(H, tol=1e-6):
    if np.ndim(H) > 2:
        return np.array([is_positive_semidefinite(one, tol) for one in H])
    return all(curvature >= -tol for curvature in np.linalg.eigvalsh(H))

# %% best_learning_rate
def best_learning_rate(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[..., -1] + curvatures[..., 0])

# %% contraction_factor
def contraction_factor(kappa):
    return 1 - 2 / (kappa + 1)

# %% written_chords
# First, all his chords are short and lie close to the trained weights. Near the bottom of a valley nearly everything is
# convex: the right half of the two valleys passed ten thousand times. Second, he looked at the middle only, which found
# half of the violated chords at the dented slope. Third, chords that pass never prove anything. And a rate beyond 2/L
# diverges even on a bowl.

# %% written_condition
# kappa is 50 / 0.5 = 100, the rate 2 / 50.5 = 0.0396, and from the table it takes about 346 steps. Doubled it is 0.079,
# more than 2/L = 0.04, and the run diverges. I would raise the 0.5 to 5, because then kappa is 10; lowering the 50 gives
# 8 / 0.5 = 16, and the 8 does not matter.
