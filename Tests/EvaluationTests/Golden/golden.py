#!/usr/bin/env python3
"""Expected gradients of the notebooks' models, from automatic differentiation in 64 bits.

    python3 -m venv env && env/bin/pip install jax jaxlib && env/bin/python golden.py

writes golden.json beside itself. Only the losses and Adagrad's update are stated here; every gradient is jax.grad's.
"""
import json
import os

import jax
import numpy

jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
VERSION = 1
USERS, ITEMS = 4, 11


def single(array):
    """As the 32-bit models will read it."""
    return numpy.asarray(array, dtype=numpy.float32).astype(numpy.float64)


def listed(value):
    """Nine digits: what a 32-bit number needs."""
    value = numpy.asarray(value)
    if value.ndim:
        return [listed(each) for each in value]
    return float(f"{float(value):.9g}")


def adagrad(weight, gradient, steps):
    """Keras's, with equal gradients in every step."""
    accumulator = jnp.full_like(weight, 0.1)
    for _ in range(steps):
        accumulator = accumulator + gradient**2
        weight = weight - 0.1 * gradient / jnp.sqrt(accumulator + 1e-7)
    return weight


def batch(random, size):
    """Users and items come several times, some never."""
    return random.integers(0, USERS - 1, size), random.integers(0, ITEMS - 2, size)


def case(loss, parameters, users, items, **more):
    value, gradients = jax.value_and_grad(loss)({name: jnp.array(array) for name, array in parameters.items()})
    return {
        "users": users.tolist(), "items": items.tolist(), "loss": float(value), **more,
        "before": {name: listed(array) for name, array in parameters.items()},
        "gradients": {name: listed(array) for name, array in gradients.items()},
        # Twice the same gradient: the second step is shorter.
        "after": {name: listed(adagrad(array, gradients[name], 2)) for name, array in parameters.items()},
    }


def pattern(inputs, outputs, span):
    """Weights by a rule that the test knows too: 32,768 numbers would be most of the file."""
    i, o = numpy.arange(inputs)[:, None], numpy.arange(outputs)[None, :]
    return ((7 * i * i + 13 * o * o + 3 * i * o) % (2 * span + 1) - span) / 64


def retrieval_case(random):
    users, items = batch(random, 23)
    parameters = {"user": single(random.normal(0, 0.6, (USERS, 32))), "item": single(random.normal(0, 0.6, (ITEMS, 32)))}

    def loss(p):
        # The whole matrix of the batch, with the identity as labels.
        logits = p["user"][users] @ p["item"][items].T
        return -jnp.diagonal(jax.nn.log_softmax(logits, axis=1)).sum()

    return case(loss, parameters, users, items)


def ranking_case(random):
    users, items = batch(random, 12)
    labels = single(random.choice([1, 2.5, 3, 4, 5], 12))
    wide, narrow = 256, 64
    parameters = {
        "user": single(random.normal(0, 0.5, (USERS, 32))), "item": single(random.normal(0, 0.5, (ITEMS, 32))),
        "wide": pattern(64, wide, 12), "wideBias": single(random.normal(0, 0.1, wide)),
        "narrow": pattern(wide, narrow, 6), "narrowBias": single(random.normal(0, 0.1, narrow)),
        "output": single(random.normal(0, 0.3, (narrow, 1))), "outputBias": single([0.4]),
    }

    def loss(p):
        x = jnp.concatenate([p["user"][users], p["item"][items]], axis=1)
        x = jax.nn.relu(x @ p["wide"] + p["wideBias"])
        x = jax.nn.relu(x @ p["narrow"] + p["narrowBias"])
        return jnp.mean(((x @ p["output"] + p["outputBias"])[:, 0] - labels) ** 2)

    result = case(loss, parameters, users, items, labels=labels.tolist())
    # Of the two large layers' gradients the sums by output and by input, and those of their magnitudes.
    gradients = jax.grad(loss)({name: jnp.array(array) for name, array in parameters.items()})
    for name in ("wide", "narrow"):
        del result["before"][name], result["after"][name]
        result["gradients"][name] = [
            listed(each) for g in (gradients[name], jnp.abs(gradients[name])) for each in (g.sum(0), g.sum(1))]
    return result


def main():
    random = numpy.random.default_rng(8)
    golden = {
        "version": VERSION, "jax": jax.__version__, "retrieval": retrieval_case(random), "ranking": ranking_case(random),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json")
    with open(path, "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    print(f"wrote {path}, version {VERSION}, jax {jax.__version__}")


if __name__ == "__main__":
    main()
