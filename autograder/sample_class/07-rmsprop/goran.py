# Works for a row of weights only, forgets eps, and asks for an index that is not there.

# %% moving_average_of_squares
def moving_average_of_squares(s, grad, rho=0.9):
    return np.array([rho * s[i] + (1 - rho) * grad[i] ** 2 for i in range(len(s))])

# %% rmsprop_step
def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * grad**2
    w = w - lr * grad / np.sqrt(s)
    return w, s

# %% effective_rates
def effective_rates(grads, lr, rho=0.9, eps=1e-8):
    s, rates = 0.0, []
    for t in range(1, len(grads) + 1):
        s = rho * s + (1 - rho) * grads[t] ** 2
        rates.append(lr / np.sqrt(s + eps))
    return np.array(rates)

# %% written_forgetting
# My friend is right that a larger rate keeps AdaGrad alive for longer: its first journey takes only 19 steps, RMSProp's 58.
# But the sum grows whatever the rate is, so the fifth takes 428 steps and RMSProp's 111 as always. On the digits the largest
# rate is worse than the second largest, 0.374 against 0.267. If nothing ever changed I would stay with AdaGrad: its falling
# rate averages the noise out, and RMSProp never stops jumping.
