# Did the first two exercises and one written answer, then ran out of time.

# %% moving_average_of_squares
def moving_average_of_squares(s, grad, rho=0.9):
    return rho * s + (1 - rho) * grad**2

# %% rmsprop_step
def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * grad**2
    w = w - lr * grad / np.sqrt(s + eps)
    return w, s

# %% written_forgetting
# My friend is right that a larger rate keeps AdaGrad alive for longer: its first journey takes only 19 steps, RMSProp's 58.
# But the sum grows whatever the rate is, so the fifth takes 428 steps and RMSProp's 111 as always. On the digits the largest
# rate is worse than the second largest, 0.374 against 0.267. If nothing ever changed I would stay with AdaGrad: its falling
# rate averages the noise out, and RMSProp never stops jumping.
