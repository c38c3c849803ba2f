"""What goes wrong with the corrections, with eps, and with the step that is made of the moments."""

import numpy as np

from gradlab.checks.exercise import Mistake
from gradlab.checks.lessons.adam.parts import rule

MISTAKES: list[Mistake] = []


def _mistake(name, why, hint, w, **parts):
    MISTAKES.append(Mistake(name, why, hint, rule(w=w, **parts)))


def _corrected(of_m, of_v):
    """The step where the moments are divided by of_m(beta1, t) and of_v(beta2, t)."""
    return lambda s: s.w - s.lr * (s.m / of_m(s.beta1, s.t)) / (np.sqrt(s.v / of_v(s.beta2, s.t)) + s.eps)


def _right(beta, t):
    return 1 - beta**t


def _none(beta, t):
    return 1.0


_mistake(
    "No bias correction",
    "You use m and v as they are. Both start at zero and are far too small at first, v even more so: with the default betas "
    "the first step is 3.16 times lr.",
    "What are m and v divided by before they are used?",
    _corrected(_none, _none),
)
_mistake(
    "Only m is corrected",
    "You correct m and leave v as it is. v is far too small at first: with the default betas the first step is 31.6 times lr.",
    "Which of the two moments starts from zero?",
    _corrected(_right, _none),
)
_mistake(
    "Only v is corrected",
    "You correct v and leave m as it is: with the default betas the first step is a tenth of lr.",
    "Which of the two moments starts from zero?",
    _corrected(_none, _right),
)
_mistake(
    "1 - beta in every step",
    "You divide by 1 - beta whatever t is, as if every step were the first: m stays ten times too large for ever.",
    "In which step is the correction largest, and which letter of the formula knows?",
    _corrected(lambda beta, t: 1 - beta, lambda beta, t: 1 - beta),
)
_mistake(
    "t counted from 0",
    "You use t - 1. In step 1 that is 1 - beta**0 = 0, and 0/0 is nan.",
    "t is the number of this step, and the first one is 1. Do you change it?",
    _corrected(lambda beta, t: 1 - beta ** (t - 1), lambda beta, t: 1 - beta ** (t - 1)),
)
_mistake(
    "One step ahead",
    "You use t + 1, but the t that is passed in is already the number of this step: with the default betas your first step "
    "is 0.744 times lr.",
    "t is the number of this step, and the first one is 1. Do you change it?",
    _corrected(lambda beta, t: 1 - beta ** (t + 1), lambda beta, t: 1 - beta ** (t + 1)),
)
_mistake(
    "beta times t instead of beta to the power t",
    "You multiply beta by t. From step 2 on, 1 - 0.9 * t is negative, and the step turns round.",
    "After two steps the zero at the start weighs beta * beta. How is that written for t steps?",
    _corrected(lambda beta, t: 1 - beta * t, lambda beta, t: 1 - beta * t),
)
_mistake(
    "Multiplied by the correction",
    "You multiply the moments by 1 - beta**t. They are too small already: with the default betas your first step is over "
    "three times lr.",
    "Should the corrected moment be larger or smaller than the moment?",
    _corrected(lambda beta, t: 1 / (1 - beta**t), lambda beta, t: 1 / (1 - beta**t)),
)
_mistake(
    "Multiplied by the correction",
    "You multiply v by 1 - beta2**t. It is too small already, and you make it smaller still.",
    "Should the corrected v be larger or smaller than v?",
    _corrected(_right, lambda beta, t: 1 / (1 - beta**t)),
)
_mistake(
    "One correction for both moments",
    "You correct both moments with beta1; v is made with beta2.",
    "Which beta belongs to which moment?",
    lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v / (1 - s.beta1**s.t)) + s.eps),
)
_mistake(
    "One correction for both moments",
    "You correct both moments with beta2; m is made with beta1.",
    "Which beta belongs to which moment?",
    lambda s: s.w - s.lr * s.m / (1 - s.beta2**s.t) / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "The corrections have changed places",
    "You correct m with beta2 and v with beta1.",
    "Which beta belongs to which moment?",
    lambda s: s.w - s.lr * s.m / (1 - s.beta2**s.t) / (np.sqrt(s.v / (1 - s.beta1**s.t)) + s.eps),
)
_mistake(
    "The correction is under no root",
    "You correct the root of v instead of v, so the correction counts twice as much as it should.",
    "Which comes first: the correction of v, or the root?",
    lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v) / (1 - s.beta2**s.t) + s.eps),
)
_mistake(
    "eps inside the root",
    "You add eps under the root, as RMSProp of lesson 07 does. With 1e-8 there, weights with gradients below 1e-4 hardly move.",
    "Follow the brackets: is eps added before the root is taken, or after?",
    lambda s: s.w - s.lr * s.m_hat / np.sqrt(s.v_hat + s.eps),
)
_mistake(
    "eps added to the root of the uncorrected v",
    "You move the corrections into the rate and add eps to the root of v itself. The paper calls this eps `epsilon hat`, and "
    "Keras does it; in the first steps it counts for more than the eps of this lesson.",
    "Which v stands under the root that eps is added to: with the hat, or without?",
    lambda s: s.w - s.lr * np.sqrt(1 - s.beta2**s.t) / (1 - s.beta1**s.t) * s.m / (np.sqrt(s.v) + s.eps),
)
_mistake(
    "eps is missing",
    "Nothing keeps the root from being zero: a weight whose gradient has always been 0 gives 0/0.",
    "Which number of the formula have you not used?",
    lambda s: s.w - s.lr * s.m_hat / np.sqrt(s.v_hat),
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished fraction instead of to what you divide by (check the brackets).",
    "What is the last term of the denominator?",
    lambda s: s.w - s.lr * (s.m_hat / np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished step instead of to what you divide by (check the brackets).",
    "What is the last term of the denominator?",
    lambda s: s.w - s.lr * s.m_hat / np.sqrt(s.v_hat) + s.eps,
)
_mistake(
    "eps inside the root and behind it",
    "You add eps under the root and once more behind it. One place is enough.",
    "How often does eps stand in the formula?",
    lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v_hat + s.eps) + s.eps),
)
_mistake(
    "eps is fixed",
    "A number of your own stands where eps belongs, so the eps that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v_hat) + 1e-8),
)
_mistake(
    "Uphill",
    "Your step goes up the slope.",
    "The gradient points uphill. Which sign takes you down?",
    lambda s: s.w + s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "The rate is missing",
    "lr does not appear in your step.",
    "What stands in front of the fraction in the formula of w?",
    lambda s: s.w - s.m_hat / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "The root is missing",
    "You divide by v itself. A gradient of 0.01 then makes a step a hundred times too long, one of 100 a hundred times too short.",
    "v is in the unit of a squared gradient. What turns it back into the unit of a gradient?",
    lambda s: s.w - s.lr * s.m_hat / (s.v_hat + s.eps),
)
_mistake(
    "Multiplied by the root",
    "You multiply by the root, so steep directions get the longest steps: the opposite of the idea.",
    "Should a weight with large gradients get a larger rate or a smaller one?",
    lambda s: s.w - s.lr * s.m_hat * (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "The gradient instead of m",
    "You move along this gradient, not along m: that is RMSProp with a correction.",
    "What stands above the root in the formula?",
    lambda s: s.w - s.lr * s.grad / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "v is not used",
    "You move along m and never divide by the root of v: that is momentum alone.",
    "What is v for, in the formula of w?",
    lambda s: s.w - s.lr * s.m_hat,
)
_mistake(
    "Stepped with the old moments",
    "You move with the m and v you were given, and update them afterwards. From zero the first step is 0.",
    "Which lines of the formula come first?",
    lambda s: s.w - s.lr * s.old_m / (1 - s.beta1**s.t) / (np.sqrt(s.old_v / (1 - s.beta2**s.t)) + s.eps),
)
_mistake(
    "The old v under the root",
    "You divide by the root of the v you were given. From zero that is eps alone, and the first step is a leap.",
    "Which lines of the formula come first?",
    lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.old_v / (1 - s.beta2**s.t)) + s.eps),
)
_mistake(
    "1 - beta1 in the step as well",
    "You put 1 - beta1 into the step as well as into m. It belongs to the average only.",
    "In which line of the formula does 1 - beta1 stand?",
    lambda s: s.w - s.lr * (1 - s.beta1) * s.m_hat / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "Nesterov's look ahead added",
    "You mix this gradient into the corrected m once more. That rule exists, it is called Nadam; here plain Adam is asked for.",
    "What stands above the root in the formula?",
    lambda s: (
        s.w
        - s.lr
        * (s.beta1 * s.m_hat + (1 - s.beta1) * s.grad / (1 - s.beta1**s.t))
        / (np.sqrt(s.v_hat) + s.eps)
    ),
)
_mistake(
    "Only m, and no correction",
    "You move along the uncorrected m and never divide by the root of v: that is momentum alone.",
    "What is v for, in the formula of w?",
    lambda s: s.w - s.lr * s.m,
)
_mistake(
    "No correction, and eps inside the root",
    "You use m and v as they are, and add eps under the root.",
    "What are m and v divided by before they are used, and where does eps come in?",
    lambda s: s.w - s.lr * s.m / np.sqrt(s.v + s.eps),
)
_mistake(
    "No correction, and m is summed",
    "You add the gradient to m in full, as the heavy ball does, and correct nothing.",
    "The shares of an average add up to 1. Do those of m? And what is m divided by?",
    _corrected(_none, _none),
    m=lambda s: s.beta1 * s.old_m + s.grad,
)
_mistake(
    "The step is returned, not the weights",
    "You return how far w moves; asked for is where it is afterwards.",
    "What does the line of w begin with?",
    lambda s: -s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps),
)
