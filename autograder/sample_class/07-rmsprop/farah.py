# Uses her own average in the other two, and has rho on the wrong term of it.

# %% moving_average_of_squares
def moving_average_of_squares(s, grad, rho=0.9):
    return (1 - rho) * s + rho * grad**2

# %% rmsprop_step
def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = moving_average_of_squares(s, grad, rho)
    return w - lr * grad / np.sqrt(s + eps), s

# %% effective_rates
def effective_rates(grads, lr, rho=0.9, eps=1e-8):
    rates, s = np.zeros(np.shape(grads)), 0.0
    for t, grad in enumerate(grads):
        s = moving_average_of_squares(s, grad, rho)
        rates[t] = lr / np.sqrt(s + eps)
    return rates

# %% written_first_step
# Neither is a bug. The first step is 1 / sqrt(1 - 0.99) = 10 times the rate long, because s starts at zero; with 0.9 it was 3.16.
# I would go back to 0.9 or start with a smaller rate. Behind the root eps = 1e-8 is compared with the gradient, and 1e-6 is far
# above it; inside the root it was compared with 1e-12. An eps of 1e-4 behind the root would do what the old one did.
