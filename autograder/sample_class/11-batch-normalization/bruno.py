# Did the two forward passes and one written answer; the way back was for tomorrow.

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

# %% written_batch_of_one
# She forgot to switch to the running averages. With one digit the mean is the digit itself, so every feature becomes beta
# and the last layers always see the same thing. It is the left end of the curve in section 3, 12 % right. Collecting 32
# digits helps only if they are mixed (94 %); if most are the same it is the sorted curve, 19 %.
