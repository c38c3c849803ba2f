# Everything right, in the shortest style there is; one written answer is missing.

# %% minimum_shift
minimum_shift = lambda A, a, B, b: np.linalg.norm(np.linalg.pinv(A) @ a - np.linalg.pinv(B) @ b)

# %% generalization_gap
def generalization_gap(A, a, B, b):
    w = np.linalg.solve(A.T @ A, A.T @ a)
    return np.square(B @ w - b).mean() - np.square(A @ w - a).mean()

# %% stratified_split
def stratified_split(labels, fraction, rng):
    chosen = np.zeros(len(labels), dtype=bool)
    for label in set(labels.tolist()):
        places, = np.where(labels == label)
        chosen[rng.choice(places, int(fraction * len(places)), replace=False)] = True
    order = rng.permutation(len(labels))
    return order[chosen[order]], order[~chosen[order]]

# %% standardize_both
def standardize_both(train, test):
    n = len(train)
    both = np.concatenate([train, test]) - train.mean(0)
    both /= np.sqrt((both[:n] ** 2).mean(0))
    return both[:n], both[n:]

# %% importance_weights
def importance_weights(p_train, p_test):
    r = np.divide(p_test, p_train)
    return r.size * r / np.sum(r)

# %% loss_slice
def loss_slice(loss, W, direction, alphas):
    D = direction * np.sqrt(np.einsum("ij,ij->j", W, W) / np.einsum("ij,ij->j", direction, direction))
    return np.fromiter((loss(W + a * D) for a in alphas), float)

# %% written_clinic
# chance only; nothing, bias stays; needs the chances, and everyone there
