# Did the first two exercises and one written answer, then ran out of time.

# %% normalized_step
def normalized_step(w, grad, lr, eps=1e-7):
    norm = np.sqrt(np.sum(grad**2))
    return w - lr * grad / (norm + eps)

# %% scaled_step
def scaled_step(w, grad, rates):
    return w - rates * grad

# %% written_norm
# My friend is right about places: on the plateau and on a wall the step is equally long, and the plateau is crossed in 32
# steps instead of 132. But both weights are divided by the same number, so the direction is as bad as before, and the step
# never gets shorter: in the ravine it jumps to and fro at a distance of 0.2 when the length is 0.4.
