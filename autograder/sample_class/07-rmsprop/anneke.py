# Everything right, written as the lesson writes it.

# %% moving_average_of_squares
def moving_average_of_squares(s, grad, rho=0.9):
    return rho * s + (1 - rho) * grad**2

# %% rmsprop_step
def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * grad**2
    w = w - lr * grad / np.sqrt(s + eps)
    return w, s

# %% effective_rates
def effective_rates(grads, lr, rho=0.9, eps=1e-8):
    grads = np.asarray(grads, dtype=float)
    rates = np.zeros_like(grads)
    s = np.zeros(grads.shape[1:])
    for t in range(len(grads)):
        s = rho * s + (1 - rho) * grads[t] ** 2
        rates[t] = lr / np.sqrt(s + eps)
    return rates

# %% written_forgetting
# My friend is right that a larger rate keeps AdaGrad alive for longer: its first journey takes only 19 steps, RMSProp's 58.
# But the sum grows whatever the rate is, so the fifth takes 428 steps and RMSProp's 111 as always. On the digits the largest
# rate is worse than the second largest, 0.374 against 0.267. If nothing ever changed I would stay with AdaGrad: its falling
# rate averages the noise out, and RMSProp never stops jumping.

# %% written_first_step
# Neither is a bug. The first step is 1 / sqrt(1 - 0.99) = 10 times the rate long, because s starts at zero; with 0.9 it was 3.16.
# I would go back to 0.9 or start with a smaller rate. Behind the root eps = 1e-8 is compared with the gradient, and 1e-6 is far
# above it; inside the root it was compared with 1e-12. An eps of 1e-4 behind the root would do what the old one did.
