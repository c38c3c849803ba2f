# Divides by zero in one answer, steps one-sidedly in another, and takes the limit for the best rate.

# %% violates_chord
def violates_chord(f, a, b, lambdas, tol=1e-9):
    for lam in lambdas:
        share = 1 / 0
    return share

# %% numerical_hessian
def numerical_hessian(f, w, h=1e-4):
    e = h * np.eye(len(w))
    return np.array([[(f(w + p + q) - f(w + p) - f(w + q) + f(w)) / h**2 for q in e] for p in e])

# %% is_positive_semidefinite
def is_positive_semidefinite(H, tol=1e-6):
    return np.linalg.eigvalsh(H)[..., 0] >= -tol

# %% best_learning_rate
def best_learning_rate(H):
    return 2 / np.linalg.eigvalsh(H)[..., -1]

# %% contraction_factor
def contraction_factor(kappa):
    return (kappa - 1) / (kappa + 1)

# %% written_condition
# kappa is 50 / 0.5 = 100, the rate 2 / 50.5 = 0.0396, and from the table it takes about 346 steps. Doubled it is 0.079,
# more than 2/L = 0.04, and the run diverges. I would raise the 0.5 to 5, because then kappa is 10; lowering the 50 gives
# 8 / 0.5 = 16, and the 8 does not matter.
