# A smooth curve instead of stairs, and compares with the last value instead of the best.

# %% step_decay
def step_decay(epoch, lr, factor=0.5, step_size=10):
    return lr * factor ** (np.asarray(epoch) / step_size)

# %% exponential_decay
def exponential_decay(epoch, lr, gamma=0.95):
    return lr * gamma ** np.asarray(epoch)

# %% cosine_decay
def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    epoch = np.asarray(epoch)
    progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
    ramp = np.minimum((epoch + 1) / (warmup + 1), 1)
    return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)

# %% reduce_on_plateau
def reduce_on_plateau(
    lr, metric, best, bad, cooling, factor=0.5, patience=2, threshold=1e-4, cooldown=0, min_lr=0.0, mode="min"
):
    better = metric > best + threshold if mode == "max" else metric < best - threshold
    best = metric
    bad = 0 if better or cooling > 0 else bad + 1
    cooling = max(cooling - 1, 0)
    if bad > patience:
        lr, bad, cooling = max(factor * lr, min_lr), 0, cooldown
    return lr, best, bad, cooling
