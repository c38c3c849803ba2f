# One epoch at a time, a name that is not there, and a forgotten cooldown.

# %% step_decay
def step_decay(epoch, lr, factor=0.5, step_size=10):
    for _ in range(int(epoch) // step_size):
        lr = lr * factor
    return lr

# %% exponential_decay
def exponential_decay(epoch, lr, gamma=0.95):
    return lr * decay ** np.asarray(epoch)

# %% cosine_decay
def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    if epoch < warmup:
        return lr * (epoch + 1) / (warmup + 1)
    progress = min((epoch - warmup) / (total - warmup), 1)
    return min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2

# %% reduce_on_plateau
def reduce_on_plateau(
    lr, metric, best, bad, cooling, factor=0.5, patience=2, threshold=1e-4, cooldown=0, min_lr=0.0, mode="min"
):
    better = metric > best + threshold if mode == "max" else metric < best - threshold
    if better:
        best, bad = metric, 0
    else:
        bad = bad + 1
    if bad > patience:
        lr, bad = max(factor * lr, min_lr), 0
    return lr, best, bad, 0

# %% written_drop
# It is true that the small rate has a lower floor: from 0.1 to 0.02 it falls fivefold, and at the cut the loss falls from 0.178 to
# less than half. But from the first step it does not arrive: 120 steps of 0.02 end at 0.958, while 0.15 ends at 0.025. The rates add
# up to 2.4 only, and exp(-0.2 * 2.4) = 62 % of the distance along the valley is left.
