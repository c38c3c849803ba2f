# Did chords and Hessians, then ran out of time.

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

# %% written_chords
# First, all his chords are short and lie close to the trained weights. Near the bottom of a valley nearly everything is
# convex: the right half of the two valleys passed ten thousand times. Second, he looked at the middle only, which found
# half of the violated chords at the dented slope. Third, chords that pass never prove anything. And a rate beyond 2/L
# diverges even on a bowl.
