"""Every public function is called with each argument wrong, and its message begins with the name that the caller wrote.

The calls below are right. Each argument that is a tensor, a record of tensors or an object of udm is replaced by one of
another type, shape, dtype or device; numbers and words out of their range stand in a table of their own.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import signature
from typing import Any

import pytest
import torch
from torch import Tensor

import udm
from udm import Gaussian, Marginal, Model, Step
from udm.laws import Grid, Mixture, TwoPoints
from udm.sample import DDIM, SAMPLERS, Sampler
from udm.schedule import Betas, Cosine, LinearGamma, Schedule

Z, T4, LEVELS = torch.zeros(4, 3), torch.full((4,), 0.5), torch.linspace(-1, 1, 5)
INDEX, AT, STEP = torch.zeros(4, 3, dtype=torch.int64), LinearGamma().at(T4), LinearGamma().between(T4 / 2, T4)
MODEL, Q = Model(lambda z, gamma: 0.1 * z, LinearGamma()), Gaussian(Z, Z + 1)
CLASSES = Model(lambda z, gamma, label=None: 0.1 * z, LinearGamma())
EVENTS, TWO = {"z_t": Z, "x_hat": Z, "step": STEP}, TwoPoints((3,))

RIGHT: dict[str, dict[str, Any]] = {
    "udm.Marginal.from_gamma": {"gamma": T4},
    "udm.Model": {"denoiser": MODEL.denoiser, "schedule": LinearGamma(), "parameterization": "eps"},
    "udm.Model.predict": {"self": MODEL, "z": Z, "at": AT, "kind": "x"},
    "udm.Model.prediction": {"self": MODEL, "z": Z, "at": AT},
    "udm.Step.from_gamma": {"gamma_t": T4, "gap": T4},
    "udm.continuous_weight": {"dgamma": T4, "at": AT, "kind": "v"},
    "udm.convert": {"prediction": Z, "z": Z, "at": AT, "source": "x", "target": "v"},
    "udm.diffuse": {"x": Z, "eps": Z, "at": AT},
    "udm.diffusion": {"target": Z, "prediction": Z, "weight": T4},
    "udm.discrete_weight": {"step": STEP, "kind": "v"},
    "udm.evaluate": {"model": MODEL, "batches": [INDEX], "levels": LEVELS},
    "udm.kl": {"q": Q, "p": Q},
    "udm.marginal": {"x": Z, "at": AT},
    "udm.posterior": {"z_t": Z, "x": Z, "step": STEP},
    "udm.posterior_from": {"prediction": Z, "z_t": Z, "step": STEP, "source": "eps"},
    "udm.prior": {"x": Z, "at_1": AT},
    "udm.reconstruction": {"index": INDEX, "z_0": Z, "at_0": AT, "levels": LEVELS},
    "udm.target": {"x": Z, "eps": Z, "at": AT, "kind": "v"},
    "udm.transition": {"z_s": Z, "step": STEP},
    "udm.variational_bound": {"model": MODEL, "index": INDEX, "levels": LEVELS, "t": T4},
    "udm.bound.bound_of": {"model": MODEL, "x": Z, "decoder": lambda x, z_0, at_0: z_0[:, 0], "t": T4},
    "udm.categorical.kl": {"q": Z + 0.5, "p": Z + 0.5},
    "udm.categorical.latent": {"x": Z, "abar": T4},
    "udm.categorical.step": {"z_t": INDEX[:, 0], "x_hat": Z, "abar_t": T4, "abar_s": T4},
    "udm.categorical.weights": {"abar_t": T4, "abar_s": T4},
    "udm.importance.chances": {"mean_squares": T4},
    "udm.importance.draw": {"p": T4, "batch": 3},
    "udm.cells.cell_reconstruction": {"index": INDEX, "p": Q, "levels": LEVELS},
    "udm.decoder.draw": {"z_0": Z, "at_0": AT, "levels": LEVELS, "uniform": Z},
    "udm.decoder.mode": {"z_0": Z, "at_0": AT, "levels": LEVELS},
    "udm.decoder.nearest": {"y": Z, "levels": LEVELS},
    "udm.decoder.window": {"levels": LEVELS, "gamma_0": -3.0},
    "udm.density.gaussian": {"x": Z, "z_0": Z, "at_0": AT},
    "udm.density.neg_log_density": {"x": Z, "p": Q},
    "udm.density.none": {"x": Z, "z_0": Z, "at_0": AT},
    "udm.denoiser.coefficients": {"at": AT, "source": "x", "target": "v"},
    "udm.denoiser.posterior_coefficients": {"step": STEP, "source": "v"},
    "udm.elbo.chain_bound": {
        "x": Z,
        "encoders": [lambda x: Q],
        "decoders": [],
        "log_likelihood": lambda z: z[:, 0],
    },
    "udm.elbo.vae_bound": {"q": Q, "log_likelihood": lambda z: z[:, 0], "prior": Q},
    "udm.energy.score": {"energy": lambda z: z.sum(1), "z": Z},
    "udm.gaussian.sample": {"gaussian": Q, "noise": Z},
    "udm.guidance.combination": {"conditional": Z, "unconditional": Z, "s": 2.0},
    "udm.guidance.rescaled": {"guided": Z, "positive": Z, "phi": 0.5},
    "udm.laws.Grid": {"levels": LEVELS},
    "udm.laws.Gaussian": {"mean": T4, "std": T4},
    "udm.laws.Mixture": {"weights": T4[:2], "means": Z[:2], "stds": Z[:2] + 1},
    "udm.laws.TwoPoints.decoder": {"self": TWO, "x": Z + 1, "z_0": Z, "at_0": AT},
    "udm.laws.TwoPoints.log_prob": {"self": TWO, "x": Z},
    "udm.laws.TwoPoints.log_marginal": {"self": TWO, "z": Z, "at": AT},
    "udm.laws.TwoPoints.model": {"self": TWO, "schedule": LinearGamma()},
    "udm.laws.TwoPoints.posterior_mean": {"self": TWO, "z": Z, "at": AT},
    "udm.laws.exploding": {"gamma": T4},
    "udm.laws.path_of": {"schedule": LinearGamma()},
    "udm.laws.preserving": {"gamma": T4},
    "udm.laws.straight": {"gamma": T4},
    "udm.likelihood.best_variance": {"model": MODEL, "batches": [INDEX], "levels": LEVELS, "T": 2},
    "udm.likelihood.evaluate_flow": {"model": MODEL, "batches": [INDEX], "levels": LEVELS},
    "udm.likelihood.progressive": {"model": MODEL, "batches": [INDEX], "levels": LEVELS},
    "udm.likelihood.flow.log_prior": {"z_1": Z, "at_1": AT},
    "udm.likelihood.class_posterior": {
        "model": CLASSES,
        "x": INDEX,
        "classes": 2,
        "levels": LEVELS,
    },
    "udm.likelihood.flow.log_prob": {"model": MODEL, "z_0": Z, "probe": Z + 1},
    "udm.likelihood.flow.transport": {"model": MODEL, "z_0": Z, "probe": Z + 1},
    "udm.likelihood.invariance.invariance": {
        "model": MODEL,
        "schedules": {"linear": LinearGamma()},
        "batches": [INDEX],
        "levels": LEVELS,
    },
    "udm.network.fourier_features": {"z": torch.zeros(4, 1, 2, 2), "n": range(2)},
    "udm.sample.ancestral": {**EVENTS, "noise": Z},
    "udm.sample.ddim": {**EVENTS, "eta": 0.5, "noise": Z},
    "udm.sample.ddim_inverse": {"z_s": Z, "eps_hat": Z, "step": STEP},
    "udm.sample.encode": {"model": MODEL, "x": Z},
    "udm.sample.dpmpp_2m": {"z_t": Z, "x_t": Z, "x_before": Z, "step": STEP, "gap_before": T4},
    "udm.sample.heun": {"z_t": Z, "x_t": Z, "x_s": Z, "step": STEP},
    "udm.sample.interpolate": {"model": MODEL, "first": Z, "second": Z + 1, "shares": range(2)},
    "udm.sample.karras": {"schedule": LinearGamma(), "steps": 3},
    "udm.sample.langevin": {"z": Z, "score": Z, "size": T4, "noise": Z},
    "udm.sample.langevin_size": {"score": Z + 1, "noise": Z, "r": 0.1, "alpha_squared": T4},
    "udm.sample.reverse": {
        "model": MODEL,
        "z": Z,
        "grid": torch.tensor([1.0, 0.0], dtype=torch.float64),
        "sampler": DDIM(),
        "draw": lambda: Z,
    },
    "udm.sample.sample": {"model": MODEL, "shape": (2, 3), "sampler": "heun", "grid": 2, "dtype": torch.float64},
    "udm.sample.slerp": {"first": Z + 1, "second": Z, "share": T4},
    "udm.sample.time_of_gamma": {"schedule": LinearGamma(), "gamma": T4.double()},
    "udm.sample.to_data": {"model": MODEL, "z_0": Z, "at_0": AT},
    "udm.sample.uniform_gamma": {"schedule": LinearGamma(), "steps": 3},
    "udm.schedule.Cosine.alpha": {"self": Cosine(), "t": T4},
    "udm.schedule.Cosine.at": {"self": Cosine(), "t": T4},
    "udm.schedule.Cosine.between": {"self": Cosine(), "s": T4 / 2, "t": T4},
    "udm.schedule.Cosine.dgamma": {"self": Cosine(), "t": T4},
    "udm.schedule.Cosine.gamma": {"self": Cosine(), "t": T4},
    "udm.schedule.Cosine.gap": {"self": Cosine(), "s": T4 / 2, "t": T4},
    "udm.calling.Timestepped": {"network": MODEL.denoiser, "schedule": Betas.linear(10), "steps_from": 0},
    "udm.schedule.Betas.step_of_gamma": {"self": Betas.linear(10), "gamma": T4},
    "udm.schedule.Betas.times": {"self": Betas.linear(10), "index": INDEX[:, 0], "steps_from": 1},
    "udm.schedule.Betas.at": {"self": Betas.linear(10), "t": T4},
    "udm.schedule.Cosine.sigma": {"self": Cosine(), "t": T4},
    "udm.schedule.Truncated": {"inner": Cosine(), "gamma_min": -3.0, "gamma_max": 3.0},
    "udm.weight.min_snr": {"at": AT, "kind": "v"},
    "udm.weight.simple": {"at": AT, "kind": "v"},
    "udm.weight.weighted": {"w": torch.ones_like, "dgamma": T4, "at": AT, "kind": "v"},
}

# Arguments other than tensors of a batch, by kind, with values that may not replace them.
KINDS: dict[str, tuple[object, ...]] = {
    "integer": ("a", 1.5, None, [1]),
    "integer or None": ("a", 1.5, [1]),
    "number": ("a", None, [1.0]),
    "number or None": ("a", [1.0]),
    "seed": ("a", 1.5, None, [1], 2**70),
    "seeds": ("ab", [1.5], 3, [None]),
    "shape": ("ab", [1.5], 3, None, (0,)),
    "function": (3, "a", None),
    "function or None": (3, "a"),
    "object": (3, "a"),
    "several": (3,),
    "two times": ("ab", 3, (0.0,)),
    "word": ("nobody", 3),
    "text": (3, None),
    "path": (3, None),
    "optional path": (3,),
    "dtype": ("float64", None, torch.int64),
    "device": ("nowhere", 3.5, None, "cuda:99"),
    "device or None": ("nowhere", 3.5, "cuda:99"),
    "generator": (3, "a"),
}
ARRAY, D = udm.data.Array("one", INDEX, 5), MODEL.denoiser

# Correct calls of the functions that RIGHT lacks; and the settings of all functions, each with its kind.
CALLS: dict[str, dict[str, Any]] = {
    "udm.Bound.bits_per_dim": {"self": udm.Bound(T4, T4, T4), "dims": 3},
    "udm.data.Array": {"name": "one", "index": INDEX, "K": 5},
    "udm.data.Continuous": {"name": "one", "x": Z},
    "udm.data.Part": {"name": "part", "of": ARRAY, "rows": [0]},
    "udm.data.load": {"source": "digits"},
    "udm.data.split": {"data": ARRAY, "held_out": 0.5},
    "udm.data.values": {"K": 4},
    "udm.importance.History": {"T": 3},
    "udm.guidance.classifier": {
        "unconditional": D,
        "log_prob": lambda z, gamma: z.sum(1),
        "weight": 1.0,
        "parameterization": "eps",
    },
    "udm.guidance.classifier_free": {"conditional": D, "unconditional": D, "weight": 1.0, "convention": "scale"},
    "udm.guidance.scale": {"weight": 1.0, "convention": "scale"},
    "udm.laws.TwoPoints": {"event": (3,)},
    "udm.network.LevelNet": {"shape": (1, 8, 8), "K": 17, "channels": 8, "blocks": 1},
    "udm.sample.Corrected": {"predictor": DDIM(), "snr": 0.1},
    "udm.sample.Ancestral": {},
    "udm.sample.Annealed": {},
    "udm.sample.DDIM": {},
    "udm.sample.Noise": {"seeds": [1], "event": (2,), "dtype": torch.float32},
    "udm.sample.leading": {"T": 10, "steps": 5},
    "udm.sample.normal": {"seeds": [1], "draw": 0, "event": (2,)},
    "udm.sample.seeds_from": {"base": 1, "count": 2},
    "udm.sample.trailing": {"T": 10, "steps": 5},
    "udm.sample.uniform": {"steps": 5},
    "udm.schedule.BetaLinear": {},
    "udm.schedule.Betas.cosine": {"T": 10},
    "udm.schedule.Betas.linear": {"T": 10},
    "udm.schedule.CosineOffset": {},
    "udm.schedule.EDM": {},
    "udm.schedule.Learned": {"hidden": 4},
    "udm.schedule.LinearGamma": {},
    "udm.schedule.Sigmoid": {},
    "udm.schedule.SubVP": {},
    "udm.time.systematic_times": {"batch": 3},
    "udm.weight.sigmoid": {"bias": 0.0},
}
SETTINGS: dict[str, dict[str, str]] = {
    "udm.Bound.bits_per_dim": {"dims": "integer"},
    "udm.Model": {"steps_from": "integer or None"},
    "udm.calling.Timestepped": {"network": "function", "steps_from": "integer"},
    "udm.schedule.Betas.times": {"steps_from": "integer"},
    "udm.bound.bound_of": {
        "decoder": "function",
        "T": "integer or None",
        "generator": "generator",
        "variance": "object",
    },
    "udm.categorical.step": {"share": "number"},
    "udm.categorical.weights": {"share": "number"},
    "udm.importance.draw": {"batch": "integer", "generator": "generator"},
    "udm.importance.History": {"T": "integer", "kept": "integer"},
    "udm.data.Continuous": {"name": "text", "x": "object", "labels": "object"},
    "udm.data.Array": {"name": "text", "index": "object", "K": "integer", "labels": "object"},
    "udm.data.Part": {"name": "text", "of": "object", "rows": "seeds"},
    "udm.data.load": {"source": "text", "part": "word", "levels": "integer or None", "held_out": "number"},
    "udm.data.split": {"data": "object", "held_out": "number", "seed": "seed"},
    "udm.data.values": {"K": "integer", "dtype": "dtype"},
    "udm.decoder.window": {"gamma_0": "number"},
    "udm.evaluate": {
        "batches": "several",
        "decoder": "function or None",
        "T": "integer or None",
        "variance": "object",
        "repeats": "integer",
        "seed": "seed",
        "error": "word",
        "unit": "word",
    },
    "udm.elbo.chain_bound": {
        "encoders": "object",
        "decoders": "object",
        "log_likelihood": "function",
        "draws": "integer",
        "generator": "generator",
    },
    "udm.elbo.vae_bound": {"log_likelihood": "function", "draws": "integer", "generator": "generator"},
    "udm.energy.score": {"energy": "function"},
    "udm.guidance.classifier": {
        "unconditional": "function",
        "log_prob": "function",
        "weight": "number",
        "at": "function",
        "parameterization": "word",
    },
    "udm.guidance.classifier_free": {
        "conditional": "function",
        "unconditional": "function",
        "weight": "number",
        "convention": "word",
        "rescale": "number",
    },
    "udm.guidance.combination": {"s": "number"},
    "udm.guidance.rescaled": {"phi": "number"},
    "udm.guidance.scale": {"weight": "number", "convention": "word"},
    "udm.laws.Grid": {"event": "shape"},
    "udm.laws.TwoPoints": {"event": "shape"},
    "udm.likelihood.best_variance": {"batches": "several", "T": "integer or None", "seed": "seed"},
    "udm.likelihood.class_posterior": {
        "classes": "integer",
        "decoder": "function or None",
        "prior": "object",
        "T": "integer or None",
        "variance": "object",
        "repeats": "integer",
        "seed": "seed",
    },
    "udm.likelihood.evaluate_flow": {
        "batches": "several",
        "dequantisation": "word",
        "repeats": "integer",
        "seed": "seed",
        "error": "word",
        "unit": "word",
        "span": "two times",
        "rtol": "number",
        "atol": "number",
    },
    "udm.likelihood.progressive": {
        "batches": "several",
        "T": "integer or None",
        "variance": "object",
        "stretches": "integer",
        "repeats": "integer",
        "seed": "seed",
        "error": "word",
        "unit": "word",
    },
    "udm.likelihood.flow.log_prob": {"span": "two times", "rtol": "number", "atol": "number"},
    "udm.likelihood.flow.transport": {"span": "two times", "rtol": "number", "atol": "number"},
    "udm.likelihood.invariance.invariance": {
        "schedules": "object",
        "batches": "several",
        "decoder": "function or None",
        "repeats": "integer",
        "seed": "seed",
    },
    "udm.network.LevelNet": {
        "shape": "shape",
        "K": "integer",
        "channels": "integer",
        "blocks": "integer",
        "dropout": "number",
        "labels": "integer",
        "dense": "integer",
    },
    "udm.reconstruction": {"window": "integer or None"},
    "udm.sample.Corrected": {
        "predictor": "object",
        "steps": "integer",
        "snr": "number or None",
        "tau": "number or None",
    },
    "udm.sample.Ancestral": {"variance": "object"},
    "udm.sample.Annealed": {"steps": "integer", "tau": "number"},
    "udm.sample.DDIM": {"eta": "number"},
    "udm.sample.Noise": {"seeds": "seeds", "event": "shape", "dtype": "dtype", "device": "device"},
    "udm.sample.ddim": {"eta": "number"},
    "udm.sample.interpolate": {"shares": "several", "grid": "integer", "rounds": "integer"},
    "udm.sample.karras": {
        "steps": "integer",
        "rho": "number",
        "sigma_min": "number or None",
        "sigma_max": "number or None",
    },
    "udm.sample.langevin_size": {"r": "number"},
    "udm.sample.leading": {"T": "integer", "steps": "integer"},
    "udm.sample.normal": {
        "seeds": "seeds",
        "draw": "integer",
        "event": "shape",
        "dtype": "dtype",
        "device": "device",
    },
    "udm.sample.reverse": {"grid": "object", "draw": "function"},
    "udm.sample.sample": {
        "grid": "integer",
        "seeds": "seeds",
        "seed": "seed",
        "device": "device",
        "batch": "integer or None",
        "finish": "word",
        "progress": "function or None",
    },
    "udm.sample.encode": {"grid": "integer", "rounds": "integer", "progress": "function or None"},
    "udm.sample.seeds_from": {"base": "seed", "count": "integer", "first": "integer"},
    "udm.sample.to_data": {"finish": "word"},
    "udm.sample.trailing": {"T": "integer", "steps": "integer"},
    "udm.sample.uniform": {"steps": "integer"},
    "udm.sample.uniform_gamma": {"steps": "integer", "start": "number", "end": "number"},
    "udm.schedule.BetaLinear": {"beta_min": "number", "beta_max": "number"},
    "udm.schedule.Betas.cosine": {"T": "integer", "offset": "number", "clip": "number"},
    "udm.schedule.Betas.linear": {"T": "integer", "beta_1": "number", "beta_T": "number"},
    "udm.schedule.CosineOffset": {"offset": "number"},
    "udm.schedule.EDM": {"sigma_min": "number", "sigma_max": "number", "rho": "number"},
    "udm.schedule.Learned": {"gamma_min": "number", "gamma_max": "number", "hidden": "integer"},
    "udm.schedule.LinearGamma": {"gamma_min": "number", "gamma_max": "number"},
    "udm.schedule.Sigmoid": {"start": "number", "end": "number", "tau": "number"},
    "udm.schedule.SubVP": {"beta_min": "number", "beta_max": "number"},
    "udm.schedule.Truncated": {"gamma_min": "number", "gamma_max": "number"},
    "udm.time.systematic_times": {
        "batch": "integer",
        "u_0": "number or None",
        "offset": "integer",
        "total": "integer or None",
        "generator": "generator",
        "device": "device or None",
    },
    "udm.train.fit": {
        "config": "object",
        "out": "path",
        "data": "object",
        "held_out": "object",
        "network": "object",
        "schedule": "object",
        "weight": "function or None",
        "watch": "function",
        "reading": "function",
        "resume_from": "optional path",
        "device": "device or None",
    },
    "udm.train.load": {
        "where": "path",
        "network": "object",
        "schedule": "object",
        "device": "device",
        "weights": "word",
    },
    "udm.variational_bound": {
        "T": "integer or None",
        "variance": "object",
        "window": "integer or None",
        "t": "object",
        "generator": "generator",
    },
    "udm.laws.TwoPoints.model": {"kind": "word", "shrink": "number"},
    "udm.weight.min_snr": {"cap": "number"},
    "udm.weight.sigmoid": {"bias": "number"},
    "udm.weight.weighted": {"w": "function"},
}
RUN = {"udm.train.fit": {"config": udm.train.Config(), "out": "nowhere"}, "udm.train.load": {"where": "nowhere"}}

RANGES: dict[str, list[Callable[[], object]]] = {
    "udm.Bound.bits_per_dim": [lambda: udm.Bound(T4, T4, T4).bits_per_dim(0)],
    "udm.categorical.weights": [lambda: import_module("udm.categorical").weights(T4, T4, 2.0)],
    "udm.importance.draw": [lambda: import_module("udm.importance").draw(T4, 0)],
    "udm.importance.History": [lambda: import_module("udm.importance").History(0)],
    "udm.data.Array": [lambda: udm.data.Array("digits", [1], 2)],  # type: ignore[arg-type]
    "udm.data.Continuous": [lambda: udm.data.Continuous("one", [1.0])],  # type: ignore[arg-type]
    "udm.data.load": [lambda: udm.data.load("digits", "half"), lambda: udm.data.load(3)],  # type: ignore[arg-type]
    "udm.data.split": [lambda: udm.data.split(udm.data.Array("one", INDEX[:1], 5))],
    "udm.data.values": [lambda: udm.data.values(1)],
    "udm.fit": [lambda: udm.fit(3, "nowhere"), lambda: udm.fit(udm.train.Config(), "nowhere", data=3)],  # type: ignore[arg-type]
    "udm.from_diffusers": [lambda: udm.from_diffusers(3), lambda: udm.from_diffusers(LinearGamma())],
    "udm.to_diffusers": [
        lambda: udm.to_diffusers(MODEL),
        lambda: udm.to_diffusers(3),  # type: ignore[arg-type]
        lambda: udm.to_diffusers(Model(MODEL.denoiser, Betas.linear(10), "score")),
        lambda: udm.to_diffusers(Model(MODEL.denoiser, Betas.linear(10)), "Nothing"),
    ],
    "udm.guidance.classifier": [
        lambda: udm.guidance.classifier(MODEL.denoiser, torch.sum, 1.0, parameterization="noise")  # type: ignore[arg-type]
    ],
    "udm.guidance.classifier_free": [
        lambda: udm.guidance.classifier_free(MODEL.denoiser, MODEL.denoiser, 1.0, convention="w"),  # type: ignore[arg-type]
        lambda: udm.guidance.classifier_free(MODEL.denoiser, MODEL.denoiser, 1.0, convention="scale", rescale=2),
    ],
    "udm.guidance.rescaled": [lambda: udm.guidance.rescaled(Z, Z, 2.0)],
    "udm.guidance.scale": [lambda: udm.guidance.scale(1.0, "w")],  # type: ignore[arg-type]
    "udm.laws.Mixture": [lambda: Mixture(T4, Z, Z + 1)],
    "udm.laws.TwoPoints.log_prob": [lambda: TWO.log_prob(Z[:, :1]), lambda: TWO.log_prob(torch.zeros(4, 5))],
    "udm.loss.nats_per_bit": [lambda: import_module("udm.loss").nats_per_bit(0)],
    "udm.laws.Grid": [lambda: Grid(torch.ones(2))],
    "udm.Model": [
        lambda: Model(MODEL.denoiser, "cosine", "eps"),  # type: ignore[arg-type]
        lambda: Model(Cosine(), MODEL.denoiser),  # type: ignore[arg-type]
        lambda: Model(None, Cosine()),  # type: ignore[arg-type]
        lambda: Model(MODEL.denoiser, Cosine, "eps"),  # type: ignore[arg-type]
        lambda: Model(MODEL.denoiser, Cosine(), "epsilon"),  # type: ignore[arg-type]
    ],
    "udm.network.LevelNet": [lambda: udm.network.LevelNet((8, 8), 17), lambda: udm.network.LevelNet((1, 8, 8), 1)],
    "udm.network.build": [lambda: udm.network.build("net", (1, 8, 8), 17)],
    "udm.reconstruction": [lambda: udm.reconstruction(INDEX, Z, AT, LEVELS, window=0)],
    "udm.sample": [lambda: udm.sample(MODEL, (2, 3), grid=0)],
    "udm.sample.Corrected": [
        lambda: udm.sample.Corrected(DDIM(), snr=0.1, tau=0.1),
        lambda: udm.sample.Corrected("ddim", snr=0.1),  # type: ignore[arg-type]
    ],
    "udm.sample.Ancestral": [lambda: udm.sample.Ancestral("small"), lambda: udm.sample.Ancestral([-1.0])],  # type: ignore[arg-type]
    "udm.sample.DDIM": [lambda: DDIM(2.0)],
    "udm.sample.Noise": [
        lambda: udm.sample.Noise([0.5], (2,), dtype=torch.float32),  # type: ignore[list-item]
        lambda: udm.sample.Noise([1], (2,), dtype=torch.int32),
        lambda: udm.sample.Noise([1], (2,), dtype="float64"),  # type: ignore[arg-type]
    ],
    "udm.sample.ddim": [lambda: udm.sample.ddim(Z, Z, STEP, 2.0, Z), lambda: udm.sample.ddim(Z, Z, STEP, 0.5)],
    "udm.sample.leading": [lambda: udm.sample.leading(3, 4)],
    "udm.sample.normal": [lambda: udm.sample.normal([1], -1, (2,))],
    "udm.sample.sample": [
        lambda: udm.sample.sample(MODEL, (2, 3), grid=0),
        lambda: udm.sample.sample(MODEL, (2, 3), grid=T4),
        lambda: udm.sample.sample(MODEL, (2, 3), seed=2**70),
        lambda: udm.sample.sample(MODEL, (2, 3), seeds=[1]),
        lambda: udm.sample.sample(MODEL, (2, 3), finish="x"),  # type: ignore[arg-type]
        lambda: udm.sample.sample(MODEL.denoiser, (2, 3)),  # type: ignore[arg-type]
    ],
    "udm.sample.Annealed": [lambda: udm.sample.Annealed(0), lambda: udm.sample.Annealed(tau=2.0)],
    "udm.sample.interpolate": [
        lambda: udm.sample.interpolate(MODEL, Z, Z, [0.5], grid=T4),
        lambda: udm.sample.interpolate(MODEL, Z, Z, [0.5], rounds=-1),
        lambda: udm.sample.interpolate(MODEL, Z, Z / 0, [0.5]),
        lambda: udm.sample.interpolate(MODEL, Z, Z, ["a"]),  # type: ignore[list-item]
    ],
    "udm.sample.seeds_from": [lambda: udm.sample.seeds_from(0, -1)],
    "udm.sample.trailing": [lambda: udm.sample.trailing(3, 4)],
    "udm.sample.uniform": [lambda: udm.sample.uniform(0)],
    "udm.sample.uniform_gamma": [lambda: udm.sample.uniform_gamma(LinearGamma(), 3, start=0.2, end=0.5)],
    "udm.schedule.BetaLinear": [lambda: udm.schedule.BetaLinear(0.0)],
    "udm.schedule.Betas": [
        lambda: Betas([2.0]),
        lambda: Betas([]),
        lambda: Betas(3),
        lambda: Betas(T4[:, None]),
        lambda: Betas(INDEX[0]),
    ],  # type: ignore[arg-type]
    "udm.schedule.Betas.cosine": [lambda: Betas.cosine(10, clip=2.0)],
    "udm.schedule.Betas.linear": [lambda: Betas.linear(1)],
    "udm.schedule.CosineOffset": [lambda: udm.schedule.CosineOffset(0.0)],
    "udm.schedule.EDM": [lambda: udm.schedule.EDM(-1.0), lambda: udm.schedule.EDM("a")],  # type: ignore[arg-type]
    "udm.schedule.Learned": [lambda: udm.schedule.Learned(hidden=0), lambda: udm.schedule.Learned(2.0, 1.0)],
    "udm.schedule.LinearGamma": [lambda: LinearGamma(2.0, 1.0)],
    "udm.schedule.Sigmoid": [lambda: udm.schedule.Sigmoid(tau=0.0)],
    "udm.schedule.SubVP": [lambda: udm.schedule.SubVP(2.0, 1.0)],
    "udm.schedule.Truncated": [lambda: udm.schedule.Truncated(LinearGamma(-1, 1), -2.0, 0.0)],
    "udm.schedule.named.between": [lambda: import_module("udm.schedule.named").between("nobody", -1, 1)],
    "udm.time.systematic_times": [lambda: import_module("udm.time").systematic_times(0)],
    "udm.train.Config": [lambda: udm.train.Config(steps=0), lambda: udm.train.Config(lr="a")],  # type: ignore[arg-type]
    "udm.train.export": [lambda: udm.train.export(MODEL, "nowhere"), lambda: udm.train.export(MODEL, 3)],  # type: ignore[arg-type]
    "udm.variational_bound": [lambda: udm.variational_bound(MODEL, INDEX, LEVELS, T=0)],
}
# without checks of their own: records, abstract classes, errors, samplers without settings, and views of given data
UNCHECKED = [
    "udm.Bound",
    "udm.Gaussian",
    "udm.Marginal",
    "udm.Schedule",
    "udm.Step",
    "udm.data.Data",
    "udm.data.Part",
    "udm.laws.Law",
    "udm.laws.TwoPoints",
    "udm.likelihood.ClassPosterior",
    "udm.likelihood.Coding",
    "udm.likelihood.Place",
    "udm.likelihood.Evaluation",
    "udm.likelihood.Term",
    "udm.sample.DPMpp2M",
    "udm.sample.Euler",
    "udm.sample.Heun",
    "udm.sample.Move",
    "udm.sample.Sampler",
    "udm.schedule.Cosine",
    "udm.schedule.RectifiedFlow",
    "udm.train.CheckpointError",
    "udm.train.Interrupted",
    "udm.train.NonFinite",
    "udm.train.Trained",
    "udm.train.Unfit",
]
BY_PATH = ["udm.load"]  # its messages begin with the folder that the caller wrote


def public() -> set[str]:
    """Return each function and class of an ``__all__``, by the shortest name that reaches it."""
    names = {n: f"udm.{n}" for n in (*udm.__all__, "evaluate", "fit", "load") if callable(getattr(udm, n))}
    found = set(names.values())
    for package in ("data", "laws", "likelihood", "network", "sample", "schedule", "train"):
        module = import_module(f"udm.{package}")
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and value is not getattr(udm, name, None):
                found.add(f"udm.{package}.{name}")
    return found


def resolve(name: str) -> Callable[..., object]:
    parts = name.split(".")
    for k in range(len(parts) - 1, 0, -1):
        try:
            value: Any = import_module(".".join(parts[:k]))
        except ImportError:
            continue
        for part in parts[k:]:
            value = getattr(value, part)
        return value
    raise AssertionError(name)


def wrong(value: object) -> Iterator[object]:
    """Return values that may not replace ``value``."""
    if isinstance(value, Marginal | Step):
        other = STEP if isinstance(value, Marginal) else AT
        yield from (3, other, type(value)(*(a[:, None] for a in value)), type(value)(*(a.long() for a in value)))
    elif isinstance(value, Gaussian):
        yield from (3, value.mean, Gaussian(value.mean.long(), value.var), Gaussian(value.mean, value.var.double()))
    elif isinstance(value, Tensor):
        yield from ([1.0], value.float().sum(), value.float() if value.dtype == torch.int64 else value.long())
    elif isinstance(value, list):
        yield from ([[1.0]], [T4.sum()])
    elif isinstance(value, Model | Schedule):
        yield from (3, lambda z, gamma: z)
    elif isinstance(value, Sampler) or value == "heun":
        yield from (3, "nobody", type(DDIM()), [DDIM()])
    elif type(value) is tuple:
        yield from (3, (3,), (), (2.0, 3), (-1, 3), (2, 0), "23")
    elif isinstance(value, torch.dtype):
        yield from ("float64", torch.int64, float)
    elif value in ("x", "v", "eps"):
        yield "noise"


def cases(name: str) -> Iterator[tuple[str, int]]:
    """Yield each argument of the correct call, with a number for each of its wrong values."""
    for argument, value in RIGHT[name].items():
        yield from ((argument, i) for i, _ in enumerate(wrong(value)) if argument != "self")


@pytest.mark.parametrize("name", RIGHT)
def test_a_correct_call_is_accepted(name: str) -> None:
    if "likelihood" not in name and name != "udm.evaluate":  # minutes of an ODE solver; tested elsewhere
        call = dict(RIGHT[name])
        resolve(name)(*([call.pop("self")] if "self" in call else []), **call)


@pytest.mark.parametrize("name", [name for name in RIGHT if any(cases(name))])
def test_a_wrong_argument_is_refused_by_name(name: str) -> None:
    for argument, i in cases(name):
        refuse(name, argument, i)


def refuse(name: str, argument: str, i: int) -> None:
    """Assert that the call refuses a wrong value of one argument, by the name under which it is public."""
    call = dict(RIGHT[name])
    call[argument] = list(wrong(call[argument]))[i]
    with pytest.raises(ValueError, match=r"^udm\.") as refused:
        resolve(name)(*([call.pop("self")] if "self" in call else []), **call)
    assert str(refused.value).startswith(f"{name}: expected "), (argument, refused.value)


@pytest.mark.parametrize("name", CALLS)
def test_correct_settings_are_accepted(name: str) -> None:
    call = dict(CALLS[name])
    resolve(name)(*([call.pop("self")] if "self" in call else []), **call)


@pytest.mark.parametrize(
    ("name", "argument", "kind"), [(name, *one) for name, settings in SETTINGS.items() for one in settings.items()]
)
def test_a_setting_of_another_type_is_refused_by_name(name: str, argument: str, kind: str) -> None:
    for value in KINDS[kind]:
        call = {**{**RIGHT, **CALLS, **RUN}[name], argument: value}
        with pytest.raises(ValueError, match=r"^udm\.") as refused:
            resolve(name)(*([call.pop("self")] if "self" in call else []), **call)
        assert str(refused.value).startswith(f"{name}: expected "), (value, refused.value)


FREE = {
    "conditional",
    "continuous",
    "divided",
    "exact",
    "fading",
    "gradient",
    "learn_ends",
    "lower_order_final",
}  # switches, which any true value switches on


def test_every_argument_of_a_public_function_is_tested() -> None:
    """Tensors and records are in RIGHT, and settings in SETTINGS; a new argument would be in neither."""
    for name in {*RIGHT, *CALLS, *RUN}:
        arguments = signature(resolve(name)).parameters.keys() - FREE - {"self"}
        untested = arguments - RIGHT.get(name, {}).keys() - SETTINGS.get(name, {}).keys()
        assert untested == set(), name


@pytest.mark.parametrize("name", ["udm.diffuse", "udm.posterior", "udm.kl", "udm.sample.ddim", "udm.diffusion"])
def test_tensors_of_two_devices_are_refused_by_name(name: str) -> None:
    """The last tensor of each call is moved to meta, a device that every machine has."""
    call = dict(RIGHT[name])
    last = [argument for argument, value in call.items() if isinstance(value, Tensor | Gaussian) and value[0].ndim][-1]
    moved = call[last]
    call[last] = Gaussian(*(a.to("meta") for a in moved)) if isinstance(moved, Gaussian) else moved.to("meta")
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}: expected {last}.* on device cpu, as .*, got meta"):
        resolve(name)(**call)


@pytest.mark.parametrize(("name", "i"), [(name, i) for name, calls in RANGES.items() for i, _ in enumerate(calls)])
def test_a_value_out_of_range_is_refused_by_name(name: str, i: int) -> None:
    called = {"udm.fit": "udm.train.fit", "udm.sample": "udm.sample.sample"}.get(name, name)  # two names of one class
    with pytest.raises(ValueError, match=r"^udm\.") as refused:
        RANGES[name][i]()
    assert str(refused.value).startswith(f"{called}: expected "), refused.value


def test_an_unknown_sampler_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"expected sampler to be a Sampler, as DDIM\(\), or one of") as refused:
        udm.sample.sample(MODEL, (2, 3), sampler="dpm")
    assert all(f'"{name}"' in str(refused.value) for name in SAMPLERS)
    with pytest.raises(ValueError, match="got the class DDIM, not an instance"):
        udm.sample.sample(MODEL, (2, 3), sampler=DDIM)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_may_be_given_by_name(name: str) -> None:
    by_name = udm.sample.sample(MODEL, (2, 3), sampler=name, grid=3)
    assert by_name.equal(udm.sample.sample(MODEL, (2, 3), sampler=SAMPLERS[name](), grid=3))


@pytest.mark.parametrize(("steps", "use"), [(30, "trailing(1000, 30)"), (3000, "trailing(1000, 1000)")])
def test_a_grid_off_the_table_is_answered_with_one_on_it(steps: int, use: str) -> None:
    model = Model(MODEL.denoiser, Betas.linear(1000), "v")
    with pytest.raises(ValueError, match=rf"sample: expected grid of multiples of 1/1000, as .*{re.escape(use)}, got"):
        udm.sample.sample(model, (1, 3), grid=steps)
    T, n = map(int, re.findall(r"\d+", use))
    assert udm.sample.sample(model, (1, 3), grid=udm.sample.trailing(T, n)).shape == (1, 3)


def test_every_public_name_is_tested() -> None:
    tested = {*RIGHT, *RANGES, *UNCHECKED, *BY_PATH}
    assert public() - tested == set()
    assert {"udm.posterior", "udm.sample.ddim", "udm.schedule.Betas", "udm.fit"} <= public()


def test_an_argument_missing_from_the_tables_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "udm.sample.normal", {})
    with pytest.raises(AssertionError, match=r"udm\.sample\.normal"):
        test_every_argument_of_a_public_function_is_tested()


def test_a_message_with_an_internal_name_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("udm.process.records", lambda *_, **__: None)
    with pytest.raises(AssertionError, match=r"udm\.shapes\.over"):
        refuse("udm.posterior", "step", 2)
