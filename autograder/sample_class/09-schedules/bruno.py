# Did the first two exercises and one written answer, then ran out of time.

# %% step_decay
def step_decay(epoch, lr, factor=0.5, step_size=10):
    return lr * factor ** np.floor(np.asarray(epoch) / step_size)

# %% exponential_decay
def exponential_decay(epoch, lr, gamma=0.95):
    return lr * gamma ** np.asarray(epoch)

# %% written_drop
# It is true that the small rate has a lower floor: from 0.1 to 0.02 it falls fivefold, and at the cut the loss falls from 0.178 to
# less than half. But from the first step it does not arrive: 120 steps of 0.02 end at 0.958, while 0.15 ends at 0.025. The rates add
# up to 2.4 only, and exp(-0.2 * 2.4) = 62 % of the distance along the valley is left.
