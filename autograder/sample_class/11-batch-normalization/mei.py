# Everything right, as short as it gets, with the chain rule and no formula on the way back.

# %% batchnorm_forward
def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=.9, eps=1e-5):
    m, v = x.mean(0), x.var(0)
    scale = gamma * (v + eps) ** -.5
    return x * scale + (beta - m * scale), running_mean + (1 - momentum) * (m - running_mean), running_var + (1 - momentum) * (v - running_var)

# %% batchnorm_inference
batchnorm_inference = lambda x, gamma, beta, m, v, eps=1e-5: beta + (x - m) * gamma * (v + eps) ** -.5

# %% batchnorm_backward
def batchnorm_backward(grad, x, gamma, eps=1e-5):
    n, away = len(x), x - x.mean(0)
    inverse = (x.var(0) + eps) ** -.5
    d_hat = grad * gamma
    d_var = -.5 * inverse**3 * (d_hat * away).sum(0)
    d_away = d_hat * inverse + 2 / n * d_var * away
    return d_away - d_away.mean(0), np.einsum("ij,ij,j->j", grad, away, inverse), grad.sum(0)

# %% written_batch_of_one
# running averages; x - mean = 0; section 3; no, sorted curve
