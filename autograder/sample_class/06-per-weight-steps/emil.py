# One s for all weights in the step, and no eps where he divides by the norm.

# %% normalized_step
def normalized_step(w, grad, lr, eps=1e-7):
    return w - lr * grad / np.linalg.norm(grad)

# %% scaled_step
def scaled_step(w, grad, rates):
    return w - rates * grad

# %% adagrad_step
def adagrad_step(w, grad, s, lr, eps=1e-7):
    s = s + np.sum(grad**2)
    w = w - lr * grad / (np.sqrt(s) + eps)
    return w, s

# %% adagrad
def adagrad(gradient, w, lr, steps, eps=1e-7):
    w = np.array(w, dtype=float)
    s = np.zeros_like(w)
    path = [w]
    for t in range(steps):
        w, s = adagrad_step(w, gradient(w), s, lr, eps)
        path.append(w)
    return np.array(path)

# %% written_dying
# I would look at lr / sqrt(s) over the epochs. If it falls like 1 / sqrt(t) and the gradient is still not small, the rates
# have died. If it has levelled off as on the digits and the gradient is near zero, the network has arrived. I could also
# set s back to 0 and go on: if the loss then falls quickly, the rates were dead.
