"""Formulas and lines of code as the field writes them are read to expressions that are built here by hand."""

import pytest
from sympy import Expr, Rational, cos, exp, log, pi, sqrt

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
    beta_s,
    beta_tilde,
    c,
    dalpha,
    dgamma,
    drift,
    dsigma,
    eps,
    eps_c,
    eps_hat,
    eps_u,
    eta,
    gamma_0,
    gamma_1,
    gamma_s,
    gamma_t,
    h,
    i,
    mu_1,
    mu_hat,
    n_1,
    rho,
    scale,
    score_hat,
    sigma_max,
    sigma_min,
    sigma_s,
    sigma_t,
    sigma_ts,
    snr_s,
    snr_t,
    t,
    v,
    v_hat,
    var,
    w,
    weight,
    x,
    x_0,
    x_hat,
    x_s,
    x_t,
    z_t,
)
from derivations.syntax.build import evaluated

FLOW, RECTIFIED = "flow matching (noise at t = 0)", "rectified flow (data at t = 0)"
STEP, SCALED = "DPM-Solver (a step from s to t)", "EDM (scaled by s)"
LATENT, NEXT = "code (latent diffusion)", "code (alpha and alpha_next cumulated)"
KARRAS, VDM_CODE = "code (k-diffusion)", "code (VDM)"

half = Rational(1, 2)
FORWARD = sqrt(abar) * x_0 + sqrt(1 - abar) * eps
VARIANCE = beta * (1 - abar_s) / (1 - abar)
GUESS = (x_t - sqrt(1 - abar) * eps_hat) / sqrt(abar)
rate = beta_min + t * (beta_max - beta_min)
dnoise = (dsigma - dalpha * sigma_t / alpha_t) / alpha_t  # the slope of sigma_t/alpha_t


def sigmoid(e: Expr) -> Expr:
    return 1 / (1 + exp(-e))


FIELD: dict[str, dict[str, Expr]] = {
    "DDPM": {
        r"\mathbf{x}_t(\mathbf{x}_0, \boldsymbol\epsilon) = \sqrt{\bar\alpha_t}\mathbf{x}_0 + "
        r"\sqrt{1-\bar\alpha_t}\boldsymbol\epsilon": FORWARD,
        r"\sqrt{\overline{\alpha}_t}\,x_0+\sqrt{1-\overline{\alpha}_t}\,\epsilon": FORWARD,
        r"\sqrt{\overline{\alpha_t}}x_0+\sqrt{1-\overline{\alpha_t}}\epsilon": FORWARD,
        "√ᾱ_t x_0 + √(1-ᾱ_t) ε": FORWARD,
        "√ᾱₜ x₀ + √(1−ᾱₜ) ε": FORWARD,
        "xₜ = √ᾱₜ·x₀ + √(1 − ᾱₜ)·ε": FORWARD,
        "sqrt(ᾱ_t)x_0 + sqrt(1-ᾱ_t)ε": FORWARD,
        "(1 - ᾱₜ₋₁)/(1 - ᾱₜ)·βₜ": VARIANCE,
        "(1 - ᾱ_(t-1)) β_t / (1 - ᾱ_t)": VARIANCE,
        "½ β_t": beta / 2,
        "ᾱ_{t−1}": abar_s,
        "x̂₀ = (xₜ − √(1 − ᾱₜ) ε_θ)/√ᾱₜ": GUESS,
        r"\mathbf{x}_0 \approx \hat{\mathbf{x}}_0 = (\mathbf{x}_t - \sqrt{1-\bar\alpha_t}"
        r"\boldsymbol\epsilon_\theta(\mathbf{x}_t))/\sqrt{\bar\alpha_t}": GUESS,
        r"\alpha_t := 1-\beta_t": 1 - beta,
        r"\alpha_t \stackrel{\text{def}}{=} 1-\beta_t": 1 - beta,
        r"\alpha_t\overset{(a)}{=}1-\beta_t": 1 - beta,
        r"\beta_t = 1-\frac{\bar\alpha_t}{\bar\alpha_{t-1}}": 1 - abar / abar_s,
        r"\sigma^2_q(t) = \frac{(1-\alpha_t)(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}": (
            (1 - alpha) * (1 - abar_s) / (1 - abar)
        ),
        r"\frac{1}{2\sigma_t^2}\left\|\tilde{\boldsymbol\mu}_t(\mathbf{x}_t,\mathbf{x}_0)-\boldsymbol\mu_\theta"
        r"(\mathbf{x}_t,t)\right\|^2": (mu_1 - mu_hat) ** 2 / (2 * var),
        r"\boldsymbol{\mu}_q(\boldsymbol{x}_t, \boldsymbol{x}_0)=\frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})"
        r"\boldsymbol{x}_t + \sqrt{\bar\alpha_{t-1}}(1-\alpha_t)\boldsymbol{x}_0}{1-\bar\alpha_t}": (
            (sqrt(alpha) * (1 - abar_s) * x_t + sqrt(abar_s) * (1 - alpha) * x_0) / (1 - abar)
        ),
        r"\frac{1}{2}\left(\text{SNR}(t-1)-\text{SNR}(t)\right)\left[\left\lVert\hat{\boldsymbol{x}}_{\boldsymbol\theta}"
        r"(\boldsymbol{x}_t,t)-\boldsymbol{x}_0\right\rVert_2^2\right]": (
            (abar_s / (1 - abar_s) - abar / (1 - abar)) * (x_hat - x_0) ** 2 / 2
        ),
        r"\frac{1}{\sqrt{\alpha_t}}\boldsymbol{x}_t + \frac{1-\alpha_t}{\sqrt{\alpha_t}}\boldsymbol{s}_\theta"
        r"(\boldsymbol{x}_t,t)": (x_t + (1 - alpha) * score_hat) / sqrt(alpha),
        r"-\frac{1}{\sqrt{1-\bar\alpha_t}}\boldsymbol\epsilon_0": -eps / sqrt(1 - abar),
        r"\nabla\log p(x_t) = -\frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}}": -eps_hat / sqrt(1 - abar),
        r"\frac{\boldsymbol{x}_t-\sqrt{1-\bar\alpha_t}\boldsymbol\epsilon_0}{\sqrt{\bar\alpha_t}}": (
            (x_t - sqrt(1 - abar) * eps) / sqrt(abar)
        ),
        r"\frac{1}{\sqrt{\alpha_t}}\boldsymbol{x}_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}\sqrt{\alpha_t}}"
        r"\hat{\boldsymbol\epsilon}_{\boldsymbol\theta}(\boldsymbol{x}_t,t)": (
            x_t / sqrt(alpha) - (1 - alpha) * eps_hat / (sqrt(1 - abar) * sqrt(alpha))
        ),
        r"\frac{1}{2\sigma_q^2(t)}\frac{(1-\alpha_t)^2}{(1-\bar\alpha_t)\alpha_t}\left[\left\|\boldsymbol\epsilon_0-"
        r"\hat{\boldsymbol\epsilon}_\theta(\boldsymbol{x}_t,t)\right\|_2^2\right]": (
            (1 - alpha) ** 2 * (eps - eps_hat) ** 2 / (2 * var * (1 - abar) * alpha)
        ),
        r"\sqrt{\alpha_t}\mathbf{x}_{t-1}+\sqrt{1-\alpha_t}\boldsymbol\epsilon_{t-1}": (
            sqrt(alpha) * x_s + sqrt(1 - alpha) * eps
        ),
        r"\alpha_t\alpha_{t-1}": alpha * (1 - beta_s),
        r"x_t=\sqrt{\alpha_t}x_{t-1}\\+\sqrt{1-\alpha_t}\epsilon_{t-1}": sqrt(alpha) * x_s + sqrt(1 - alpha) * eps,
        r"\left( \frac{1}{\beta_t} + \frac{\bar\alpha_{t-1}}{1-\bar\alpha_{t-1}} \right)^{-1}": (
            1 / (1 / beta + abar_s / (1 - abar_s))
        ),
        r"\bar\alpha_{t{-}1}\bar\alpha_{t\!-\!1}\overline{\alpha}_{\text{t}-1}": abar_s**3,
        r"\hat{\mathbf{x}_0}\hat{\mathbf x}_0\hat{\mathbf{x}}_{0}": x_hat**3,
        r"\hat{x_0}\widehat{x}_0": x_hat**2,
        r"\sqrt{\bar\alpha_{t-1}}\hat{x}_0+\sqrt{1-\bar\alpha_{t-1}-\sigma_t^2}\,\epsilon_\theta(x_t,t)+\sigma_t z": (
            sqrt(abar_s) * x_hat + sqrt(1 - abar_s - var) * eps_hat + sqrt(var) * n_1
        ),
        r"\eta\sqrt{\tilde\beta_t}": eta * sqrt(beta_tilde),
        r"\tfrac12\log\tfrac{\beta_t}{\tilde\beta_t}": log(beta / beta_tilde) / 2,
        r"\sqrt\frac{\beta_t}{\alpha_t}": sqrt(beta / alpha),
        r"\beta_t^\frac12": sqrt(beta),
        r"1\times10^{-4}\beta_t": beta / 10000,
        r"\frac{\bar\alpha_t}{1-\bar\alpha_t} = \mathrm{SNR}(t)": abar / (1 - abar),
    },
    "DDPM with v": {
        r"\mathbf{v}_t = \sqrt{\bar\alpha_t}x_t - v": sqrt(abar) * x_t - v,
        r"x_0 = \sqrt{\bar\alpha_t}x_t-\sqrt{1-\bar\alpha_t}v_t": sqrt(abar) * x_t - sqrt(1 - abar) * v,
        r"\sqrt{\bar\alpha_t}v_\theta(x_t,t)+\sqrt{1-\bar\alpha_t}x_t": sqrt(abar) * v_hat + sqrt(1 - abar) * x_t,
    },
    "DDIM": {
        r"\mathbf{x}_{t-1} = \sqrt{\alpha_{t-1}}\underbrace{\left(\frac{\mathbf{x}_t-\sqrt{1-\alpha_t}\epsilon_\theta"
        r"^{(t)}(\mathbf{x}_t)}{\sqrt{\alpha_t}}\right)}_{\text{``predicted } \mathbf{x}_0\text{''}}": (
            sqrt(abar_s) * (x_t - sqrt(1 - abar) * eps_hat) / sqrt(abar)
        ),
        r"\eta\sqrt{\frac{1-\alpha_{t-1}}{1-\alpha_t}}\sqrt{1-\frac{\alpha_t}{\alpha_{t-1}}}": (
            eta * sqrt((1 - abar_s) / (1 - abar)) * sqrt(1 - abar / abar_s)
        ),
        r"\frac{\boldsymbol{x}_t-\sqrt{\alpha_t}\boldsymbol{x}_0}{\sqrt{1-\alpha_t}}": (
            (x_t - sqrt(abar) * x_0) / sqrt(1 - abar)
        ),
        r"\frac{\beta_t}{\alpha_t}": beta / abar,
    },
    "VDM": {
        r"\frac{\alpha_{t|s}\sigma_s^2}{\sigma_t^2}z_t + \frac{\alpha_s\sigma_{t|s}^2}{\sigma_t^2}x": (
            alpha_ts * sigma_s**2 / sigma_t**2 * z_t + alpha_s * sigma_ts**2 / sigma_t**2 * x
        ),
        r"\boldsymbol{\mu}_\theta(\mathbf{z}_t; s,t) = \frac{1}{\alpha_{t|s}}\mathbf{z}_t - \frac{\sigma^2_{t|s}}"
        r"{\alpha_{t|s}\sigma_t}\hat{\boldsymbol\epsilon}_\theta(\mathbf{z}_t;t)": (
            z_t / alpha_ts - sigma_ts**2 * eps_hat / (alpha_ts * sigma_t)
        ),
        r"\mathbf{z}_s = \sqrt{\sigma^2_s/\sigma^2_t}\,(\mathbf{z}_t - \sigma_t c\,\hat{\boldsymbol\epsilon}_\theta"
        r"(\mathbf{z}_t;t)) + \sqrt{(1-\alpha_s^2)c}\,\boldsymbol\epsilon": (
            sqrt(sigma_s**2 / sigma_t**2) * (z_t - sigma_t * (1 - exp(gamma_s - gamma_t)) * eps_hat)
            + sqrt((1 - alpha_s**2) * (1 - exp(gamma_s - gamma_t))) * eps
        ),
        r"\text{SNR}(t) = \exp(-\gamma_{\boldsymbol\eta}(t))": exp(-gamma_t),
        r"\sigma_t^2 = \text{sigmoid}(\gamma_{\boldsymbol\eta}(t))": sigmoid(gamma_t),
        r"\frac12\gamma_{\boldsymbol\eta}'(t)\left\|\boldsymbol\epsilon-\hat{\boldsymbol\epsilon}_\theta(\mathbf{z}_t;t)"
        r"\right\|_2^2": dgamma * (eps - eps_hat) ** 2 / 2,
        r"-\frac12\mathrm{SNR}'(t)\|x-\hat x_\theta(z_t;t)\|^2": dgamma * exp(-gamma_t) * (x - x_hat) ** 2 / 2,
        r"\hat{\mathbf{x}} = \alpha_t\mathbf{z}_t-\sigma_t\hat{\mathbf{v}}_\theta(\mathbf{z}_t)": (
            alpha_t * z_t - sigma_t * v_hat
        ),
        r"\alpha(t)x+\sigma(t)\epsilon": alpha_t * x + sigma_t * eps,
        r"\sigma(t)\epsilon": sigma_t * eps,
        r"\sigma(\gamma(t))": sigmoid(gamma_t),
        r"\sigma(-\lambda_t/2)": sigmoid(gamma_t / 2),
        r"\dot\alpha(t)x+\dot\sigma(t)\epsilon": dalpha * x + dsigma * eps,
        r"\dot\gamma(t)/2": dgamma / 2,
        r"\frac12 w(\lambda_t)\lambda'(t)": -weight * dgamma / 2,
        r"\lambda_{\max}-\lambda_{\min}": gamma_1 - gamma_0,
        "½(SNR(s) − SNR(t))(x − x̂)²": (snr_s - snr_t) * (x - x_hat) ** 2 / 2,
        "1/2 * gamma'(t) * (eps - eps_hat)^2": dgamma * (eps - eps_hat) ** 2 / 2,
        "log(α_t²/σ_t²)": log(alpha_t**2 / sigma_t**2),
        "c = -expm1(gamma_s - gamma_t)": 1 - exp(gamma_s - gamma_t),
        r"\frac{\sigma_t^2}{\alpha_t^2}": sigma_t**2 / alpha_t**2,
        r"e^{-\gamma_t/2}\mathrm{e}^{\gamma_s}": exp(-gamma_t / 2) * exp(gamma_s),
        r"\frac{\mathbf{z}_t-\alpha_t\mathbf{x}}{\sigma_t}": (z_t - alpha_t * x) / sigma_t,
    },
    "Score SDE": {
        r"\mathbf{x}(0) e^{-\frac14t^2(\bar\beta_{max}-\bar\beta_{min})-\frac12t\bar\beta_{min}}": (
            x * exp(-(t**2) * (beta_max - beta_min) / 4 - t * beta_min / 2)
        ),
        r"\mathbf{I}-\mathbf{I}e^{-\frac12t^2(\bar\beta_{\max}-\bar\beta_{\min})-t\bar\beta_{\min}}": (
            1 - exp(-(t**2) * (beta_max - beta_min) / 2 - t * beta_min)
        ),
        r"\mathbf{x}_i = \mathbf{x}_{i-1}+\sqrt{\sigma_i^2-\sigma_{i-1}^2}\,\mathbf{z}_{i-1}": (
            x_s + sqrt(sigma_t**2 - sigma_s**2) * n_1
        ),
        r"\frac{1}{\sqrt{1-\beta_i}}(x_i+\beta_i s_\theta(x_i,i))+\sqrt{\beta_i}z_i": (
            (x_t + beta * score_hat) / sqrt(1 - beta) + sqrt(beta) * n_1
        ),
        r"\epsilon_i s_\theta(x,t)+\sqrt{2\epsilon_i}z": h * score_hat + sqrt(2 * h) * n_1,
        "x(0) + x(t)": x + z_t,
    },
    "Score SDE (N steps)": {
        r"\beta_i = \frac{\bar\beta_{min}}{N}+\frac{i-1}{N(N-1)}(\bar\beta_{max}-\bar\beta_{min})": (
            beta_min + (i - 1) * (T * beta_max - T * beta_min) / (T * (T - 1))
        ),
    },
    "EDM": {
        r"c_{\text{skip}}(\sigma) = \sigma_\text{data}^2/(\sigma^2+\sigma_\text{data}^2)": c / (sigma_t**2 + c),
        r"c_\text{in}(\sigma) = 1/\sqrt{\sigma^2+\sigma_\text{data}^2}": 1 / sqrt(sigma_t**2 + c),
        r"c_{\text{noise}}(\sigma) = \frac14\ln(\sigma)": log(sigma_t) / 4,
        r"\lambda(\sigma) = (\sigma^2+\sigma_\text{data}^2)/(\sigma\cdot\sigma_\text{data})^2": (
            (sigma_t**2 + c) / (sigma_t * sqrt(c)) ** 2
        ),
        r"\left({\sigma_\text{max}}^\frac{1}{\rho}+\frac{i}{N-1}({\sigma_\text{min}}^\frac{1}{\rho}-{\sigma_\text{max}}"
        r"^\frac1\rho)\right)^\rho": (
            (sigma_max ** (1 / rho) + i / (T - 1) * (sigma_min ** (1 / rho) - sigma_max ** (1 / rho))) ** rho
        ),
        r"\nabla_x\log p(x;\sigma) = (D(x;\sigma)-x)/\sigma^2": (x_hat - z_t) / sigma_t**2,
        r"\frac{\dot\sigma(t)}{\sigma(t)}(x-D(x;\sigma(t)))": dsigma / sigma_t * (z_t - x_hat),
        r"\frac12\beta_d t^2+\beta_{min}t": (beta_max - beta_min) * t**2 / 2 + beta_min * t,
        "c_out = sigma * self.sigma_data / (sigma ** 2 + self.sigma_data ** 2).sqrt()": (
            sigma_t * sqrt(c) / sqrt(sigma_t**2 + c)
        ),
    },
    SCALED: {
        r"\left(\frac{\dot s}{s}+\frac{\dot\sigma}{\sigma}\right)x-\frac{s\dot\sigma}{\sigma}D(x/s;\sigma)": (
            (dalpha / alpha_t + dnoise * alpha_t / sigma_t) * z_t - alpha_t * dnoise * alpha_t / sigma_t * x_hat
        ),
        r"s(t)\sigma(t)": sigma_t,
    },
    STEP: {
        r"\frac{\sigma_t}{\sigma_s}x_s-\alpha_t x_\theta(x_s,s)": sigma_s / sigma_t * z_t - alpha_s * x_hat,
        r"\frac{\alpha_t}{\alpha_s}x_s": alpha_s / alpha_t * z_t,
        r"\lambda_t-\lambda_s": log(alpha_s / sigma_s) - log(alpha_t / sigma_t),
    },
    FLOW: {
        r"x_t = (1-(1-\sigma_{\min})t)x_0 + tx_1": (1 - (1 - sigma_min) * (1 - t)) * eps + (1 - t) * x,
        r"\frac{x_1-(1-\sigma_{\min})x}{1-(1-\sigma_{\min})t}": (
            (x - (1 - sigma_min) * z_t) / (1 - (1 - sigma_min) * (1 - t))
        ),
        r"x_1-(1-\sigma_{\min})x_0": x - (1 - sigma_min) * eps,
        r"$X_t = tX_1+(1-t)X_0$": (1 - t) * x + t * eps,
        r"\dot\alpha_t x_1+\dot\sigma_t x_0": -dalpha * x - dsigma * eps,
        r"t x_1+(1-t)\epsilon": (1 - t) * x + t * eps,
        "(1 - t) * x0 + t * x1": t * eps + (1 - t) * x,
    },
    RECTIFIED: {
        r"z_t = (1-t)x_0+t\epsilon": (1 - t) * x + t * eps,
        r"v_\theta-(\epsilon-x_0)": drift - (eps - x),
    },
    "guidance": {
        r"\epsilon_\theta(x_t,\varnothing)+s\cdot(\epsilon_\theta(x_t,c)-\epsilon_\theta(x_t,\varnothing))": (
            eps_u + scale * (eps_c - eps_u)
        ),
        r"\epsilon_{uncond}+s(\epsilon_{cond}-\epsilon_{uncond})": eps_u + scale * (eps_c - eps_u),
    },
    "code": {
        "extract(self.sqrt_alphas_cumprod, t, x_start.shape) * x_start"
        " + extract(self.sqrt_one_minus_alphas_cumprod, t, x_start.shape) * noise": FORWARD,
        "return (extract(self.sqrt_recip_alphas_cumprod, t, x_t.shape) * x_t"
        " - extract(self.sqrt_recipm1_alphas_cumprod, t, x_t.shape) * noise)": (
            sqrt(1 / abar) * x_t - sqrt(1 / abar - 1) * eps
        ),
        "_extract_into_tensor(self.sqrt_recip_alphas_cumprod, t, x_t.shape) * x_t": x_t / sqrt(abar),
        "pred_noise = (extract(self.sqrt_recip_alphas_cumprod, t, x_t.shape) * x_t - x0)"
        " / extract(self.sqrt_recipm1_alphas_cumprod, t, x_t.shape)": (x_t / sqrt(abar) - x_0) / sqrt(1 / abar - 1),
        "self.posterior_variance = betas * (1.0 - self.alphas_cumprod_prev) / (1.0 - self.alphas_cumprod)": VARIANCE,
        "posterior_variance = betas * (1. - alphas_cumprod_prev) / (1. - alphas_cumprod)": VARIANCE,
        "betas * np.sqrt(self.alphas_cumprod_prev) / (1.0 - self.alphas_cumprod)": beta * sqrt(abar_s) / (1 - abar),
        "(1. - alphas_cumprod_prev) * torch.sqrt(alphas) / (1. - alphas_cumprod)": (
            (1 - abar_s) * sqrt(alpha) / (1 - abar)
        ),
        "torch.sqrt(1. - alphas_cumprod[t])": sqrt(1 - abar),
        "pred_original_sample = (sample - beta_prod_t ** (0.5) * model_output) / alpha_prod_t ** (0.5)": GUESS,
        "(alpha_prod_t_prev ** (0.5) * current_beta_t) / beta_prod_t": sqrt(abar_s) * beta / (1 - abar),
        "current_alpha_t ** (0.5) * beta_prod_t_prev / beta_prod_t": sqrt(alpha) * (1 - abar_s) / (1 - abar),
        "current_alpha_t = alpha_prod_t / alpha_prod_t_prev": abar / abar_s,
        "variance = (beta_prod_t_prev / beta_prod_t) * (1 - alpha_prod_t / alpha_prod_t_prev)": (
            (1 - abar_s) / (1 - abar) * (1 - abar / abar_s)
        ),
        "std_dev_t = eta * variance ** (0.5)": eta * sqrt(var),
        "(1 - alpha_prod_t_prev - std_dev_t**2) ** (0.5) * pred_epsilon": sqrt(1 - abar_s - var) * eps_hat,
        "(alpha_prod_t**0.5) * sample - (beta_prod_t**0.5) * model_output": sqrt(abar) * x_t - sqrt(1 - abar) * eps_hat,
        "pred_epsilon = (alpha_prod_t**0.5) * model_output + (beta_prod_t**0.5) * sample": (
            sqrt(abar) * eps_hat + sqrt(1 - abar) * x_t
        ),
        "noisy_samples = sqrt_alpha_prod * original_samples + sqrt_one_minus_alpha_prod * noise": FORWARD,
        "eta * torch.sqrt((1 - alpha_bar_prev) / (1 - alpha_bar)) * torch.sqrt(1 - alpha_bar / alpha_bar_prev)": (
            eta * sqrt((1 - abar_s) / (1 - abar)) * sqrt(1 - abar / abar_s)
        ),
        "sqrt_alphas_cumprod_t * x_start + sqrt_one_minus_alphas_cumprod_t * noise": FORWARD,
        "sqrt_alphas_cumprod[t][:, None, None, None] * x_0"
        " + sqrt_one_minus_alphas_cumprod[t][..., None] * noise": FORWARD,
        "self.alphas_cumprod[t].view(-1, 1, 1, 1).sqrt()": sqrt(abar),
        "self.scheduler.alphas_cumprod[timesteps].to(dtype=torch.float32).pow(0.5)": sqrt(abar),
        "noise_scheduler.alphas_cumprod[timestep] / scheduler.alphas_cumprod[prev_timestep]": abar / abar_s,
        "torch.rsqrt(alphas_cumprod[t]) * x_t": x_t / sqrt(abar),
        "alphas_cumprod.reciprocal() - 1": 1 / abar - 1,
        "snr = alphas_cumprod / (1 - alphas_cumprod)": abar / (1 - abar),
        "x_t = torch.sqrt(alpha_bar[t]) * x_0 + torch.sqrt(1 - alpha_bar[t]) * eps": FORWARD,
        "1 / torch.sqrt(alpha) * (x_t - (1 - alpha) / torch.sqrt(1 - alpha_hat) * predicted_noise)": (
            (x_t - (1 - alpha) / sqrt(1 - abar) * eps_hat) / sqrt(alpha)
        ),
        "sqrt_recip_alphas_t * (x_t - betas_t * pred_noise / sqrt_one_minus_alphas_cumprod_t)": (
            (x_t - beta * eps_hat / sqrt(1 - abar)) / sqrt(alpha)
        ),
        "noise_pred_uncond + guidance_scale * (noise_pred_text - noise_pred_uncond)": eps_u + scale * (eps_c - eps_u),
        "target = noise - x_start": eps - x_0,
        "log_one_minus_alphas_cumprod[t]": log(1 - abar),
    },
    LATENT: {
        "pred_x0 = (x - sqrt_one_minus_at * e_t) / a_t.sqrt()": GUESS,
        "dir_xt = (1. - a_prev - sigma_t**2).sqrt() * e_t": sqrt(1 - abar_s - var) * eps_hat,
        "x_prev = a_prev.sqrt() * pred_x0 + sigma_t * e_t": sqrt(abar_s) * x_hat + sqrt(var) * eps_hat,
    },
    NEXT: {
        "sigma = eta * ((1 - alpha / alpha_next) * (1 - alpha_next) / (1 - alpha)).sqrt()": (
            eta * sqrt((1 - abar / abar_s) * (1 - abar_s) / (1 - abar))
        ),
        "c = (1 - alpha_next - sigma ** 2).sqrt()": sqrt(1 - abar_s - var),
        "x_start * alpha_next.sqrt() + c * pred_noise + sigma * noise": (
            sqrt(abar_s) * x_hat + sqrt(1 - abar_s - var) * eps_hat + sqrt(var) * n_1
        ),
    },
    KARRAS: {
        "d = (x - denoised) / sigma": (z_t - x_hat) / sigma_t,
        "x + (x - denoised) / sigmas[i] * (sigmas[i + 1] - sigmas[i])": (
            z_t + (z_t - x_hat) / sigma_t * (sigma_s - sigma_t)
        ),
    },
    VDM_CODE: {
        "z_t = jnp.sqrt(1. - var_t) * f + jnp.sqrt(var_t) * eps": (
            sqrt(1 - sigmoid(gamma_t)) * x + sqrt(sigmoid(gamma_t)) * eps
        ),
        "0.5 * T * jnp.expm1(g_t - g_s) * (eps - eps_hat)**2": T
        * (exp(gamma_t - gamma_s) - 1)
        * (eps - eps_hat) ** 2
        / 2,
        "jnp.sqrt(jax.nn.sigmoid(-g_s) / jax.nn.sigmoid(-g_t)) * (z_t - sigma_t * c * eps_hat)": (
            sqrt(sigmoid(-gamma_s) / sigmoid(-gamma_t))
            * (z_t - sqrt(sigmoid(gamma_t)) * (1 - exp(gamma_s - gamma_t)) * eps_hat)
        ),
    },
    "ours": {
        "F.logsigmoid(-gamma_t)": -log(1 + exp(gamma_t)),
        "torch.nn.functional.softplus(gamma_t)": log(1 + exp(gamma_t)),
        r"\cos\left(\frac\pi2t\right)^2": cos(pi * t / 2) ** 2,
        "x_0.square() + x_t.pow(3)": x_0**2 + x_t**3,
    },
}
SEVERAL: dict[str, set[Expr]] = {  # beside the usual meaning of a name: w or the scale, and what _get_variance returns
    r"\epsilon_\theta(x_t,\varnothing)+s\cdot(\epsilon_\theta(x_t,c)-\epsilon_\theta(x_t,\varnothing))": {
        eps_u + w * (eps_c - eps_u)
    },
    r"\epsilon_{uncond}+s(\epsilon_{cond}-\epsilon_{uncond})": {eps_u + w * (eps_c - eps_u)},
    "std_dev_t = eta * variance ** (0.5)": {eta * sqrt(beta_tilde)},
}
CASES = [(name, text, e) for name, texts in FIELD.items() for text, e in texts.items()]


def read(text: str, convention: str) -> set[Expr]:
    return {evaluated(r.expr) for r in readings(text) if convention in r.convention.split(", ")}


@pytest.mark.parametrize(("convention", "text", "expected"), CASES, ids=[f"{c} {text[:40]}" for c, text, _ in CASES])
def test_a_formula_of_the_field_is_read(convention: str, text: str, expected: Expr) -> None:
    found, every = read(text, convention), {expected} | SEVERAL.get(text, set())
    assert len(found) == len(every) and all(any(e.equals(one) for one in found) for e in every), found


def test_there_are_enough_formulas_of_the_field() -> None:
    assert len(CASES) >= 150
