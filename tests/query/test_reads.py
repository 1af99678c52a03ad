"""Formulas as people write them are read to expressions that are built here by hand."""

from collections.abc import Callable

import pytest
from sympy import Expr, Rational, cos, exp, log, pi, sin, sqrt, tan, tanh

from derivations.query.reading import readings
from derivations.symbols import (
    T,
    abar,
    abar_s,
    alpha,
    alpha_s,
    alpha_t,
    alpha_ts,
    beta,
    beta_max,
    beta_min,
    beta_tilde,
    c,
    clip,
    dgamma,
    eps,
    eps_c,
    eps_hat,
    eps_u,
    eta,
    g2,
    gamma_0,
    gamma_1,
    gamma_s,
    gamma_t,
    h,
    i,
    mu_1,
    mu_hat,
    n_1,
    phi,
    rho,
    scale,
    score,
    score_hat,
    sigma_max,
    sigma_min,
    sigma_s,
    sigma_t,
    sigma_ts,
    snr,
    snr_s,
    snr_t,
    t,
    v,
    v_hat,
    var,
    w,
    x,
    x_0,
    x_hat,
    x_s,
    x_t,
    z_s,
    z_t,
)
from derivations.syntax.build import evaluated

POSTERIOR = (1 - abar_s) * beta / (1 - abar)
MEAN = sqrt(abar_s) * beta * x_0 / (1 - abar) + sqrt(alpha) * (1 - abar_s) * x_t / (1 - abar)
MEAN_OVER = (sqrt(abar_s) * beta * x_0 + sqrt(alpha) * (1 - abar_s) * x_t) / (1 - abar)
FORWARD = sqrt(abar) * x_0 + sqrt(1 - abar) * eps
half = Rational(1, 2)

DDPM: dict[str, Expr] = {
    # the same in many spellings
    r"\frac{(1-\bar\alpha_{t-1})\beta_t}{1-\bar\alpha_t}": POSTERIOR,
    r"\frac{1-\bar{\alpha}_{t-1}}{1-\bar{\alpha}_t}\beta_t": POSTERIOR,
    r"\frac{1-\bar{\alpha}_{t-1}}{1-\bar{\alpha}_{t}} \cdot \beta_{t}": POSTERIOR,
    r"\dfrac{1-\overline{\alpha}_{t-1}}{1-\overline{\alpha}_t} \times \beta_t": POSTERIOR,
    r"\tfrac{1-\bar{\alpha_{t-1}}}{1-\bar{\alpha_t}}\,\beta_t": POSTERIOR,
    r"\beta_t (1 - \bar\alpha_{t-1}) / (1 - \bar\alpha_t)": POSTERIOR,
    # the score of the law of the state alone, and given the data
    r"x_t + \nabla_{x_t}\log q(x_t)": x_t + score_hat,
    r"x_t + \nabla\log q(x_t|x_0)": x_t + score,
    r"\tilde\beta_t := \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t": POSTERIOR,
    r"\tilde{\beta}_t \coloneqq \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t,": POSTERIOR,
    r"$\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t$": POSTERIOR,
    r"$$\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t$$": POSTERIOR,
    r"\[ \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t \]": POSTERIOR,
    r"\( \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t \)": POSTERIOR,
    r"\begin{equation}\label{eq:b}\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t.\tag{7}\end{equation}": POSTERIOR,
    "\\begin{align*}\n\\tilde\\beta_t &= \\frac{1-\\bar\\alpha_{t-1}} % above\n{1-\\bar\\alpha_t}\\beta_t \\nonumber\n"
    "\\end{align*}": POSTERIOR,
    r"\left(\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\right)\beta_t": POSTERIOR,
    r"\big[1-\bar\alpha_{t-1}\big]\beta_t / \Bigl\{1-\bar\alpha_t\Bigr\}": POSTERIOR,
    r"{}& \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t} \quad \cdot \quad {} \beta_t": POSTERIOR,
    r"\displaystyle\frac{1-\bar \alpha _{ t - 1 }}{1-\bar \alpha _t} \; \beta _t \quad .": POSTERIOR,
    "(1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) * beta_t": POSTERIOR,
    "(1 - abar_{t-1}) beta_t / (1 - abar_t)": POSTERIOR,
    "(1 − ᾱ_{t-1}) · β_t / (1 − ᾱ_t)": POSTERIOR,
    r"\frac{1-\bar{\mathbf{\alpha}}_{t-1}}{1-\bar\alpha_t}\beta_t".replace(r"\mathbf{\alpha}", r"{\alpha}"): POSTERIOR,
    # means
    r"\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0+\frac{\sqrt{\alpha_t}(1-\bar"
    r"\alpha_{t-1})}{1-\bar\alpha_t}x_t": MEAN,
    r"\tilde{\boldsymbol\mu}_t(\mathbf{x}_t, \mathbf{x}_0) := \frac{\sqrt{\bar\alpha_{t-1}}"
    r"\beta_t}{1-\bar\alpha_t}\mathbf{x}_0"
    r" + \frac{\sqrt\alpha_t(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}\mathbf{x}_t": MEAN,
    r"\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}\vx_0+\frac{\sqrt{\alpha_t}(1-\bar"
    r"\alpha_{t-1})}{1-\bar\alpha_t}\vx_t": MEAN,
    r"\frac{\sqrt{\bar\alpha_{t-1}}\beta_t\bm{x}_0+\sqrt{\alpha_t}(1-\bar\alpha_{t-1})\bm x_t}{1-"
    r"\bar\alpha_t}": MEAN_OVER,
    r"\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon": FORWARD,
    r"x_t = \sqrt{\bar\alpha_t}\,\mathbf{x}_0 + \sqrt{1-\bar\alpha_t}\,\boldsymbol{\epsilon}": FORWARD,
    r"\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\varepsilon": FORWARD,
    r"\bar\alpha_t^{1/2} x_0+(1-\bar\alpha_t)^{\frac12}\epsilon_0": FORWARD,
    r"\bar\alpha_t^{0.5} x_0+(1-\bar\alpha_t)^{0.5}\epsilon": FORWARD,
    "sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps": FORWARD,
    "√(ᾱ_t) x₀ + √(1 - ᾱ_t) ε": FORWARD,
    "sqrt(abar_t)*x0 + sqrt(1 - abar_t)*epsilon": FORWARD,
    r"\frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)": (
        (x_t - beta * eps_hat / sqrt(1 - abar)) / sqrt(alpha)
    ),
    r"\frac1{\sqrt{\alpha_t}}(\mathbf{x}_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\boldsymbol"
    r"\epsilon_\theta(\mathbf{x}_t, t))"
    r"+\sigma_t\mathbf{z}": (x_t - (1 - alpha) * eps_hat / sqrt(1 - abar)) / sqrt(alpha) + sqrt(var) * n_1,
    r"\hat x_0 = (x_t-\sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t))/\sqrt{\bar\alpha_t}": (
        (x_t - sqrt(1 - abar) * eps_hat) / sqrt(abar)
    ),
    r"\frac{\beta_t^2}{2\sigma_t^2\alpha_t(1-\bar\alpha_t)}": beta**2 / (2 * var * alpha * (1 - abar)),
    r"\frac{1}{2\sigma_t^2}(\tilde\mu_t-\mu_\theta(x_t,t))^2": (mu_1 - mu_hat) ** 2 / (2 * var),
    r"\sqrt{1-\beta_t}x_{t-1}+\sqrt{\beta_t}\epsilon": sqrt(1 - beta) * x_s + sqrt(beta) * eps,
    r"\frac{\bar\alpha_t}{1-\bar\alpha_t}": abar / (1 - abar),
    r"\mathrm{SNR}(t-1)-\mathrm{SNR}(t)": abar_s / (1 - abar_s) - abar / (1 - abar),
    r"\text{SNR}(t-1)-SNR(t)": abar_s / (1 - abar_s) - abar / (1 - abar),
    r"\operatorname{SNR}(t-1)/\mathrm{SNR}(t)": abar_s / (1 - abar_s) / (abar / (1 - abar)),
    r"\tilde\beta_t/\beta_t": beta_tilde / beta,
    r"\frac{1}{2\sigma_q^2(t)}\frac{\bar\alpha_{t-1}(1-\alpha_t)^2}{(1-\bar\alpha_t)^2}": (
        abar_s * (1 - alpha) ** 2 / (2 * var * (1 - abar) ** 2)
    ),
    # squared norms, each coordinate for itself
    r"\frac{\beta_t^2}{2\sigma_t^2}\|\epsilon-\epsilon_\theta(x_t,t)\|^2": beta**2 / (2 * var) * (eps - eps_hat) ** 2,
    r"\left\lVert x_0 - \hat x_0\right\rVert_2^2": (x_0 - x_hat) ** 2,
    r"\left\| x_0 - \hat x_0\right\|^2_2 / \beta_t": (x_0 - x_hat) ** 2 / beta,
    r"\|x_0\|^2 - 2\beta_t\|x_t\|^2": x_0**2 - 2 * beta * x_t**2,
    # matrices, old fractions, fonts anywhere
    r"\frac{1-\bar{\alpha}_{t-1}} {1-\bar{\alpha}_{t}} \beta_{t} \mathbf{I}": POSTERIOR,
    r"{1 - \bar\alpha_{t-1} \over 1 - \bar\alpha_t}\beta_t": POSTERIOR,
    r"\sqrt{\bar{\alpha}_t}\mathbf{x}_0 + \sqrt{1 - \bar{\alpha}_t}\boldsymbol{\bar{\epsilon}}": FORWARD,
    r"\frac { ( 1-\bar{\alpha} _ { t - 1 } ) } { 1 - \bar \alpha _ { t } } \beta _ { t }": POSTERIOR,
    r"\underbrace{\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t} \cdot \beta_t}_{\text{its variance}}": POSTERIOR,
    r"\color{green}{\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t} \cdot \beta_t}": POSTERIOR,
    r"\underbrace{\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t} \cdot \beta_t}_{L_{t-1}}": POSTERIOR,
    r"\underbrace{\sqrt{\bar\alpha_t}x_0}_\text{data} + \underbrace{\sqrt{1-\bar\alpha_t}\epsilon}^{noise}": FORWARD,
    # powers, indices and primes
    r"\alpha_t^2": alpha**2,
    r"\alpha^2_t": alpha**2,
    r"{\alpha_t}^2": alpha**2,
    r"{\bar\alpha}_t^{2}": abar**2,
    r"\bar\alpha_{t-1}^2": abar_s**2,
    r"(\bar\alpha_t)^{-1}": 1 / abar,
    r"\bar\alpha_t^{-1/2}": 1 / sqrt(abar),
    r"\sqrt\alpha_t": sqrt(alpha),
    r"\sqrt[3]{\alpha_t}": alpha ** Rational(1, 3),
    r"\sqrt[4] \beta_t": beta ** Rational(1, 4),
    r"\sqrt{x_t}^2": x_t,
    r"$x_t-1$": x_t - 1,
    r"x_t - 1": x_t - 1,
    r"\alpha_t-1": alpha - 1,
    r"\alpha_{t}-1": alpha - 1,
    r"2^{10}\beta_t": 1024 * beta,
    r"10^{-4}+0.02 \beta_t": Rational(1, 10000) + beta / 50,
    "1e-4 + .02 beta_t": Rational(1, 10000) + beta / 50,
    r"\frac12\beta_t": beta / 2,
    r"\frac 1 2 \beta_t": beta / 2,
    r"\frac1{2}\beta_t": beta / 2,
    r"\frac{1}2\beta_t": beta / 2,
    r"\frac12\beta_t^2": beta**2 / 2,
    r"-\frac12(1-\bar\alpha_t)": -(1 - abar) / 2,
    r"\frac\beta_t2".replace(r"\beta_t2", r"{\beta_t}2"): beta / 2,
    r"+\beta_t": beta,
    r"\beta_t - (-\alpha_t)": beta + alpha,
    r"1/2 + \beta_t": half + beta,
    "1/2 beta_t": beta / 2,
    r"\beta_t/2 \cdot \alpha_t": beta * alpha / 2,
    r"x_t \{1-\beta_t\}": x_t * (1 - beta),
    r"\alpha_t(1-\beta_t)^2": alpha * (1 - beta) ** 2,
    r"\alpha_t^2(1-\beta_t)": alpha**2 * (1 - beta),
    r"\alpha_t[1-\beta_t]": alpha * (1 - beta),
    # functions
    r"\log\bar\alpha_t": log(abar),
    r"\ln\frac{\beta_t}{\alpha_t}": log(beta / alpha),
    r"\log(1-\beta_t)": log(1 - beta),
    r"\log (1-\beta_t) \alpha_t": log(1 - beta) * alpha,
    r"2\log\alpha_t + 1": 2 * log(alpha) + 1,
    r"\log\beta_t^2": log(beta**2),
    r"\log^2\beta_t": log(beta) ** 2,
    r"\log{\beta_t}": log(beta),
    r"\log\left\{\beta_t/\alpha_t\right\}": log(beta / alpha),
    r"\log\sqrt{\beta_t}": log(sqrt(beta)),
    r"\exp(-\beta_t)": exp(-beta),
    r"\exp\{-\beta_t/2\}\alpha_t": exp(-beta / 2) * alpha,
    r"e^{-\beta_t}": exp(-beta),
    r"e^{-\frac12 \beta_t}(1-\alpha_t)": exp(-beta / 2) * (1 - alpha),
    r"\mathrm{e}^{\beta_t}": exp(beta),
    r"\cos^2(\beta_t)+\sin^{2}\beta_t": cos(beta) ** 2 + sin(beta) ** 2,
    r"\tanh(\beta_t)\tan\alpha_t": tanh(beta) * tan(alpha),
    r"\operatorname{expm1}(\beta_t)": exp(beta) - 1,
    r"\mathrm{log1p}(\beta_t)": log(1 + beta),
    r"\operatorname{sigmoid}(\beta_t)": 1 / (1 + exp(-beta)),
    r"\mathrm{softplus}(\beta_t)": log(1 + exp(beta)),
    r"\left|\beta_t - \alpha_t\right|": abs(beta - alpha),
    r"|\beta_t - \alpha_t|^2": (beta - alpha) ** 2,
    r"2|\beta_t|^2": 2 * beta**2,
    r"\alpha_t |\beta_t - \alpha_t|": alpha * abs(beta - alpha),
    r"\frac{\pi}{2}\beta_t": pi * beta / 2,
    "exp(-beta_t) alpha_t": exp(-beta) * alpha,
    "log alpha_t + 1": log(alpha) + 1,
    "log(alpha_t)^2": log(alpha) ** 2,
    "beta_t² + α_t³": beta**2 + alpha**3,
    "beta_t^-1": 1 / beta,
    "beta_t^(1/2)": sqrt(beta),
    r"\bar\beta_{min} + \beta_{\max}".replace(r"\bar", ""): beta_min + beta_max,
    r"\beta_{\text{min}}\beta_\mathrm{max}": beta_min * beta_max,
    r"x_t^{2} x_0^{2}": x_t**2 * x_0**2,
}

DDIM: dict[str, Expr] = {
    r"\alpha_{\tau_{i}}/\alpha_{\tau_{i-1}}": abar / abar_s,
    r"\sqrt{\alpha_t}x_0+\sqrt{1-\alpha_t}\epsilon": FORWARD,
    "sqrt(alpha_t) x_0 + sqrt(1 - alpha_t) eps": FORWARD,
    r"\sqrt{\alpha_{t-1}}\left(\frac{x_t-\sqrt{1-\alpha_t}\epsilon_\theta^{(t)}(x_t)}{\sqrt{\alpha_t}}\right)": (
        sqrt(abar_s) * (x_t - sqrt(1 - abar) * eps_hat) / sqrt(abar)
    ),
    r"f_\theta^{(t)}(x_t) := (x_t-\sqrt{1-\alpha_t}\cdot\epsilon_\theta^{(t)}(x_t))/\sqrt{\alpha_t}": (
        (x_t - sqrt(1 - abar) * eps_hat) / sqrt(abar)
    ),
    r"\eta\sqrt{(1-\alpha_{\tau_{i-1}})/(1-\alpha_{\tau_i})}\sqrt{1-\alpha_{\tau_i}/\alpha_{\tau_{i-1}}}": (
        eta * sqrt((1 - abar_s) / (1 - abar)) * sqrt(1 - abar / abar_s)
    ),
}

VDM: dict[str, Expr] = {
    r"\frac{\alpha_{t|s}\sigma_s^2}{\sigma_t^2}z_t+\frac{\alpha_s\sigma_{t|s}^2}{\sigma_t^2}x": (
        alpha_ts * sigma_s**2 * z_t / sigma_t**2 + alpha_s * sigma_ts**2 * x / sigma_t**2
    ),
    r"\frac{\alpha_{t \mid s}\sigma_s^2}{\sigma_t^2}\mathbf z_t": alpha_ts * sigma_s**2 * z_t / sigma_t**2,
    "alpha_ts sigma_s^2 / sigma_t^2 · z_t": alpha_ts * sigma_s**2 * z_t / sigma_t**2,
    r"\sigma_{t|s}^2\sigma_s^2/\sigma_t^2": sigma_ts**2 * sigma_s**2 / sigma_t**2,
    r"\sigma^2_{t|s}\sigma^2_s/\sigma^2_t": sigma_ts**2 * sigma_s**2 / sigma_t**2,
    r"\sigma^2_t - \alpha_{t|s}^2\sigma_s^2": sigma_t**2 - alpha_ts**2 * sigma_s**2,
    r"\alpha_t/\alpha_s": alpha_t / alpha_s,
    r"\mathrm{SNR}(t) = \alpha_t^2/\sigma_t^2": alpha_t**2 / sigma_t**2,
    r"\frac12(\mathrm{SNR}(s)-\mathrm{SNR}(t))(x-\hat x_\theta(z_t;t))^2": (snr_s - snr_t) * (x - x_hat) ** 2 / 2,
    r"\frac{T}{2}(e^{\gamma_\eta(t)-\gamma_\eta(s)}-1)(\epsilon-\hat\epsilon_\theta(z_t;t))^2": (
        T * (exp(gamma_t - gamma_s) - 1) * (eps - eps_hat) ** 2 / 2
    ),
    r"\mathrm{expm1}(\gamma_t-\gamma_s)": exp(gamma_t - gamma_s) - 1,
    r"\exp(\gamma(t) - \gamma(s)) - 1": exp(gamma_t - gamma_s) - 1,
    r"\frac12\gamma'_\eta(t)(\epsilon-\hat\epsilon_\theta)^2": dgamma * (eps - eps_hat) ** 2 / 2,
    r"\frac12\gamma_\eta'(t)": dgamma / 2,
    r"\gamma^\prime_t": dgamma,
    r"\gamma^{\prime}(t)": dgamma,
    r"\sigma(\gamma_t)": 1 / (1 + exp(-gamma_t)),
    r"\sigma(-\gamma_t)": 1 / (1 + exp(gamma_t)),
    r"\sqrt{\sigma(-\gamma_t)}x+\sqrt{\sigma(\gamma_t)}\epsilon": (
        x / sqrt(1 + exp(gamma_t)) + eps / sqrt(1 + exp(-gamma_t))
    ),
    r"\alpha_t\epsilon-\sigma_t x": alpha_t * eps - sigma_t * x,
    r"\alpha_t z_t-\sigma_t\hat v_\theta(z_t)": alpha_t * z_t - sigma_t * v_hat,
    r"-\log\frac{\alpha_t^2}{\sigma_t^2}": -log(alpha_t**2 / sigma_t**2),
    r"\cos(\phi)x+\sin(\phi)\epsilon": cos(phi) * x + sin(phi) * eps,
    r"\gamma_0+(\gamma_1-\gamma_0)t": gamma_0 + (gamma_1 - gamma_0) * t,
    r"\log(1+e^{\lambda_t})": log(1 + exp(-gamma_t)),
    r"s_\theta(z_t;t)": score_hat,
    r"\alpha_s\left(x+\frac{\sigma_s}{\alpha_s}\epsilon\right)": alpha_s * (x + sigma_s * eps / alpha_s),
    r"\frac{\alpha_s}{\alpha_t}(\mathbf{z}_t+\sigma_t\text{expm1}(\gamma_{\boldsymbol{\eta}}(s)-\gamma_\boldsymbol{\eta}(t))"
    r"\hat{\boldsymbol{\epsilon}}_{\boldsymbol{\theta}}(\mathbf{z}_t;t))": (
        alpha_s / alpha_t * (z_t + sigma_t * (exp(gamma_s - gamma_t) - 1) * eps_hat)
    ),
    r"z_s-\alpha_{ts}z_t": z_s - alpha_ts * z_t,
}

OTHERS: dict[tuple[str, str], Expr] = {
    ("EDM", r"\frac{\sigma_{data}^2}{\sigma^2+\sigma_\text{data}^2}"): c / (sigma_t**2 + c),
    ("EDM", r"\sigma\cdot\sigma_{\rm data}/\sqrt{\sigma_{\rm data}^2+\sigma^2}"): sigma_t
    * sqrt(c)
    / sqrt(c + sigma_t**2),
    ("EDM", r"(x-D_\theta(x;\sigma))/\sigma"): (z_t - x_hat) / sigma_t,
    (
        "EDM",
        r"\left(\sigma_{max}^{\frac1\rho}+\frac{i}{N-1}(\sigma_{min}^{\frac1\rho}-\sigma_{max}^{\frac1"
        r"\rho})\right)^\rho",
    ): (sigma_max ** (1 / rho) + i / (T - 1) * (sigma_min ** (1 / rho) - sigma_max ** (1 / rho))) ** rho,
    ("Score SDE", r"\sqrt{1-\beta_i}x_{i-1}+\sqrt{\beta_i}z_{i-1}"): sqrt(1 - beta) * x_s + sqrt(beta) * n_1,
    ("Score SDE", r"\sqrt{\sigma_i^2-\sigma_{i-1}^2}"): sqrt(sigma_t**2 - sigma_s**2),
    ("Score SDE", r"\sigma_{\min}\left(\frac{\sigma_{\max}}{\sigma_{\min}}\right)^t"): sigma_min
    * (sigma_max / sigma_min) ** t,
    ("Score SDE", r"\frac12g(t)^2 s_\theta(x,t)"): g2 * score_hat / 2,
    ("Score SDE", r"\frac12g^2(t) s_\theta(x,t)"): g2 * score_hat / 2,
    ("Min-SNR", r"\gamma/\mathrm{SNR}(t)"): clip / snr,
    ("flow matching (noise at t = 0)", r"$(1-t)x_0+tx_1$"): t * eps + (1 - t) * x,
    ("rectified flow (data at t = 0)", r"(1-t)x_0+t\epsilon"): (1 - t) * x + t * eps,
    ("DPM-Solver (a step from s to t)", r"\frac{\sigma_t}{\sigma_s}x_s"): sigma_s * z_t / sigma_t,
    ("DDPM with v", r"\sqrt{\bar\alpha_t}\epsilon-\sqrt{1-\bar\alpha_t}x_0 - v"): sqrt(abar) * eps
    - sqrt(1 - abar) * x_0
    - v,
    ("code", "(1 - self.alphas_cumprod[t-1]) / (1 - self.alphas_cumprod[t]) * self.betas[t]"): POSTERIOR,
    ("code", "beta_prod_t_prev / beta_prod_t * current_beta_t"): POSTERIOR,
    ("code", "betas * (1.0 - alphas_cumprod_prev) / (1.0 - alphas_cumprod)"): POSTERIOR,
    ("code", "alpha_prod_t ** (0.5) * x_start + beta_prod_t ** 0.5 * noise"): FORWARD,
    ("code", "(sample - beta_prod_t ** 0.5 * model_output) / alpha_prod_t ** 0.5"): (x_t - sqrt(1 - abar) * eps_hat)
    / sqrt(abar),
    ("code", "noise_pred_uncond + guidance_scale * (noise_pred_text - noise_pred_uncond)"): eps_u
    + scale * (eps_c - eps_u),
    ("code", "torch.sqrt(self.alphas_cumprod[t]) * x_start + torch.sqrt(1 - self.alphas_cumprod[t]) * noise"): FORWARD,
    ("ours", "-torch.expm1(gamma_s - gamma_t)"): 1 - exp(gamma_s - gamma_t),
    ("ours", "torch.sigmoid(gamma_t).sqrt()"): 1 / sqrt(1 + exp(-gamma_t)),
    ("ours", "Rational(1, 2)*x**2 + pow(w, 3)"): x**2 / 2 + w**3,
    ("ours", "h**2*np.exp(-h)"): h**2 * exp(-h),
    ("ours", "1/2*math.pi*h**1"): pi * h / 2,
    ("ours", "x_s - z_t"): x_s - z_t,
}

CASES = (
    *(("DDPM", text, e) for text, e in DDPM.items()),
    *(("DDIM", text, e) for text, e in DDIM.items()),
    *(("VDM", text, e) for text, e in VDM.items()),
    *((convention, text, e) for (convention, text), e in OTHERS.items()),
)


def read(text: str, convention: str) -> set[Expr]:
    return {evaluated(r.expr) for r in readings(text) if convention in r.convention.split(", ")}


@pytest.mark.parametrize(("convention", "text", "expected"), CASES, ids=[f"{c} {text[:40]}" for c, text, _ in CASES])
def test_a_formula_is_read(convention: str, text: str, expected: Expr) -> None:
    assert read(text, convention) == {expected}


def test_there_are_enough_formulas_to_read() -> None:
    assert len(CASES) >= 150


# a letter that some write for w and some for the scale, 1 + w: both are read
EITHER = (
    (r"\epsilon_\theta(x_t)+s(\epsilon_\theta(x_t,c)-\epsilon_\theta(x_t))", lambda s: eps_u + s * (eps_c - eps_u)),
    (r"(1+s)\epsilon_\theta(z_\lambda,c)-s\epsilon_\theta(z_\lambda)", lambda s: (1 + s) * eps_c - s * eps_u),
    (
        r"(1+s)\epsilon_\theta(x_t|y)-s\epsilon_\theta(x_t|\varnothing)",
        lambda s: (1 + s) * eps_c - s * eps_u,
    ),
    (
        r"(1+s)\mathbf{\epsilon}_\theta(\mathbf{x}_t,t,c)-s\mathbf{\epsilon}_\theta(\mathbf{x}_t,t,\emptyset)",
        lambda s: (1 + s) * eps_c - s * eps_u,
    ),
)


STEPPED = h * score + n_1 * sqrt(2 * h) + z_t
LANGEVIN = (  # a step by the gradient, of which the density or the state is named as its source does
    r"x_i + c\nabla\log p(x_i) + \sqrt{2c}\,z",
    r"x_k + h\nabla_x\log p(x_k) + \sqrt{2h} z_k",
    r"\tilde x_{t-1} + h\nabla_x\log p_\theta(\tilde x_{t-1}) + \sqrt{2h} z_t",
    r"x + h s_\theta(x) + \sqrt{2h} z",
)


@pytest.mark.parametrize("text", LANGEVIN)
def test_the_gradient_of_a_log_density_is_a_score_where_a_convention_says_so(text: str) -> None:
    assert read(text, "Langevin dynamics") == {STEPPED}


@pytest.mark.parametrize(("text", "of"), EITHER, ids=[text[:40] for text, _ in EITHER])
def test_the_letter_s_of_guidance_is_w_or_the_scale(text: str, of: Callable[[Expr], Expr]) -> None:
    assert read(text, "guidance") == {of(w), of(scale)}
