# Everything right, step by step as the lesson says it.

# %% batchnorm_forward
def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, running_mean, running_var

# %% batchnorm_inference
def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    x_hat = (x - running_mean) / np.sqrt(running_var + eps)
    return gamma * x_hat + beta

# %% batchnorm_backward
def batchnorm_backward(grad, x, gamma, eps=1e-5):
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    dgamma = np.sum(grad * x_hat, axis=0)
    dbeta = np.sum(grad, axis=0)
    dx = gamma / std * (grad - dbeta / len(x) - x_hat * dgamma / len(x))
    return dx, dgamma, dbeta

# %% written_batch_of_one
# She forgot to switch to the running averages. With one digit the mean is the digit itself, so every feature becomes beta
# and the last layers always see the same thing. It is the left end of the curve in section 3, 12 % right. Collecting 32
# digits helps only if they are mixed (94 %); if most are the same it is the sorted curve, 19 %.

# %% written_rates
# At rate 1 the plain network guesses (2.33) and batch norm ends at 0.074. The gradient halves when the weights double, and
# the weights get longer with every step, so it brakes. But with batches of 4 plain has 0.191 and batch norm 0.302, and
# the spreads are 0.046 and 0.022, so that is no accident. Not always.
