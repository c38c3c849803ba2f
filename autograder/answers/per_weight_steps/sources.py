"""What several answers to lesson 06 begin with."""

STEP = """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                s = s + grad**2
                return w - lr * grad / (np.sqrt(s) + eps), s
"""
