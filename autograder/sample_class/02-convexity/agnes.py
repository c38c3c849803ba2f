# Everything right, written as the lesson writes it.

# %% violates_chord
def violates_chord(f, a, b, lambdas, tol=1e-9):
    at_a, at_b = f(a), f(b)
    above = np.zeros(np.shape(at_a), dtype=bool)
    for lam in lambdas:
        curve = f((1 - lam) * a + lam * b)
        chord = (1 - lam) * at_a + lam * at_b
        above = np.logical_or(above, curve > chord + tol)
    return above

# %% numerical_hessian
def numerical_hessian(f, w, h=1e-4):
    n = len(w)
    step = h * np.eye(n)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            both = f(w + step[i] + step[j]) + f(w - step[i] - step[j])
            one = f(w + step[i] - step[j]) + f(w - step[i] + step[j])
            H[i, j] = (both - one) / (4 * h**2)
    return H

# %% is_positive_semidefinite
def is_positive_semidefinite(H, tol=1e-6):
    return np.linalg.eigvalsh(H)[..., 0] >= -tol

# %% best_learning_rate
def best_learning_rate(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[..., -1] + curvatures[..., 0])

# %% contraction_factor
def contraction_factor(kappa):
    return (kappa - 1) / (kappa + 1)

# %% written_chords
# First, all his chords are short and lie close to the trained weights. Near the bottom of a valley nearly everything is
# convex: the right half of the two valleys passed ten thousand times. Second, he looked at the middle only, which found
# half of the violated chords at the dented slope. Third, chords that pass never prove anything. And a rate beyond 2/L
# diverges even on a bowl.

# %% written_condition
# kappa is 50 / 0.5 = 100, the rate 2 / 50.5 = 0.0396, and from the table it takes about 346 steps. Doubled it is 0.079,
# more than 2/L = 0.04, and the run diverges. I would raise the 0.5 to 5, because then kappa is 10; lowering the 50 gives
# 8 / 0.5 = 16, and the 8 does not matter.
