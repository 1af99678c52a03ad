"""How code spells the functions that are read, and whose they are: modules, methods and the owners of tables."""

MODULES = frozenset({"torch", "np", "numpy", "math", "jnp", "sympy", "sp", "F", "nn", "th", "tf", "jax"})
CALLS = {name: name for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "expm1", "log1p", "sigmoid")}
CALLS |= {name: name for name in ("tanh", "sinh", "cosh", "sech")}
CALLS |= {"ln": "log", "abs": "abs", "Abs": "abs", "softplus": "softplus", "square": "square"}
CALLS |= {"rsqrt": "rsqrt", "logsigmoid": "logsigmoid", "reciprocal": "reciprocal"}
EXTREMES = {"min": "min", "max": "max", "minimum": "min", "maximum": "max"}
CLAMPS = frozenset({"clamp", "clip"})
SHAPED = frozenset({  # methods that change shape, type or gradient, and no value
    "view", "reshape", "unsqueeze", "expand", "to", "float", "double", "detach", "clone", "contiguous",
})  # fmt: skip
OWNERS = frozenset({"self", "scheduler", "noise_scheduler", "diffusion", "model"})  # what tables are attributes of
TAKEN = frozenset({"extract", "extract_into_tensor"})  # (table, t, shape): what a table has at t
POOLED = {  # over samples or coordinates
    **dict.fromkeys(("mean", "average", "mse_loss", "expectation"), "no mean over samples"),
    **dict.fromkeys(("sum", "nansum"), "no sum over steps or coordinates"),
    **dict.fromkeys(("norm", "dist"), "no norm in Python"),
}
