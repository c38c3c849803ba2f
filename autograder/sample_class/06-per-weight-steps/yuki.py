# Right numbers, but writes into the arrays that she was given, and puts eps where Keras has it.

# %% normalized_step
def normalized_step(w, grad, lr, eps=1e-7):
    norm = np.sqrt(np.sum(grad**2))
    return w - lr * grad / (norm + eps)

# %% scaled_step
def scaled_step(w, grad, rates):
    grad *= rates
    return w - grad

# %% adagrad_step
def adagrad_step(w, grad, s, lr, eps=1e-7):
    s += grad**2
    w = w - lr * grad / np.sqrt(s + eps)
    return w, s

# %% adagrad
def adagrad(gradient, w, lr, steps, eps=1e-7):
    w = np.array(w, dtype=float)
    s = np.zeros_like(w)
    path = [w]
    for t in range(steps):
        g = gradient(w)
        s = s + g**2
        w = w - lr * g / (np.sqrt(s) + eps)
        path.append(w)
    return np.array(path)

# %% written_norm
# My friend is right about places: on the plateau and on a wall the step is equally long, and the plateau is crossed in 32
# steps instead of 132. But both weights are divided by the same number, so the direction is as bad as before, and the step
# never gets shorter: in the ravine it jumps to and fro at a distance of 0.2 when the length is 0.4.

# %% written_dying
# I would look at lr / sqrt(s) over the epochs. If it falls like 1 / sqrt(t) and the gradient is still not small, the rates
# have died. If it has levelled off as on the digits and the gradient is near zero, the network has arrived. I could also
# set s back to 0 and go on: if the loss then falls quickly, the rates were dead.
