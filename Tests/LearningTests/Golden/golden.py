#!/usr/bin/env python3
"""Expected values for the learner's steps, from automatic differentiation in 64 bits.

    python3 -m venv env && env/bin/pip install jax jaxlib && env/bin/python golden.py

writes golden.json beside itself. Only losses and the update rule are stated here; every gradient is jax.grad's.
"""
import json
import os

import jax
import numpy

jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
VERSION = 1
PHI = 2.0 ** (-1 / 5000)
MASK = (1 << 64) - 1


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def draws(seed, partition, offset, count, bound):
    """Numbers in 0..<bound, one per draw, from a counter."""
    step = 0x9E3779B97F4A7C15
    key = mix(mix((seed + partition * step) & MASK) ^ ((offset * step) & MASK))
    return [(mix((key + (draw + 1) * step) & MASK) * bound) >> 64 for draw in range(count)]


def adagrad(weight, accumulator, gradient, rate, start, forgets):
    kept = PHI if forgets else 1.0
    accumulator = start + kept * (accumulator - start) + gradient**2
    return weight - rate * gradient / jnp.sqrt(accumulator), accumulator


def single(array):
    """As the 32-bit learner will read it."""
    return numpy.asarray(array, dtype=numpy.float32).astype(numpy.float64)


def listed(value):
    """Nine digits: what a 32-bit number needs."""
    value = numpy.asarray(value)
    if value.ndim:
        return [listed(each) for each in value]
    return float(f"{float(value):.9g}")


def adagrad_case(random):
    rate, start = 0.11, 0.004
    weight, accumulator = single(random.normal(0, 0.3, 32)), single(random.uniform(0.004, 0.5, 32))
    case = {"rate": rate, "start": start, "weights": listed(weight), "accumulators": listed(accumulator), "steps": []}
    for number in range(6):
        gradient = single(random.normal(0, 10.0 ** random.uniform(-3, 1), 32))
        forgets = number % 2 == 0
        weight, accumulator = adagrad(weight, accumulator, gradient, rate, start, forgets)
        case["steps"].append({
            "gradient": listed(gradient), "forgets": forgets, "weights": listed(weight),
            "accumulators": listed(accumulator)})
    return case


def tower_case(random):
    """One positive: softmax over it and the drawn negatives, through pools, tags, gates and popularity bank."""
    items, tags, negatives = 12, 6, 30
    case = {
        "seed": 7, "partition": 3, "offset": 41, "negatives": negatives, "weight": 1.5,
        "itemTags": [sorted(random.choice(tags, random.integers(0, 4), replace=False).tolist()) for _ in range(items)],
        "history": [1, 4, 2], "positive": 7,
        # The positive comes often, so that leaving its correction out shows.
        "ring": random.integers(0, items, 30).tolist() + [7] * 10,
    }
    case["itemTags"][5] = list(range(6))
    case["itemTags"][7] = [0, 2, 3, 4, 5]
    case["itemTags"][4] = [0, 1]
    parameters = {
        "user": single(random.normal(0, 0.4, 32)),
        "own": single(random.normal(0, 0.4, (items, 32))),
        "tags": single(random.normal(0, 0.3, (tags, 32))),
        "bias": single(random.normal(0, 0.5, items)),
        "gates": single([1.1, 0.2]),
        "theta": single(random.normal(0, 0.5, 4)),
    }
    accumulators = {name: single(random.uniform(0.01, 0.6, value.shape)) for name, value in parameters.items()}
    accumulators["gates"] += 1
    accumulators["theta"] += 1
    counts = single(random.uniform(0, 9, (items, 4)))
    totals = counts.sum(0)
    case["counts"], case["totals"] = listed(counts), listed(totals)

    ring = list(case["ring"])
    drawn = [ring[at] for at in draws(case["seed"], case["partition"], case["offset"], negatives, len(ring))]
    kept = [item for item in drawn if item != case["positive"] and item not in case["history"]]
    ring.append(case["positive"])
    candidates = numpy.array([case["positive"]] + kept)
    frequency = numpy.array([max(1, ring.count(item)) for item in candidates], dtype=float)
    case["kept"] = kept

    age = numpy.arange(len(case["history"]))
    recent = 0.7**age / (0.7**age).sum() ** 0.75
    long = numpy.ones(len(age)) / len(age) ** 0.75
    newest_first = numpy.array(case["history"][::-1])
    membership = numpy.zeros((items, tags))
    for item, names in enumerate(case["itemTags"]):
        membership[item, names] = 1.0 if len(names) <= 4 else len(names) ** -0.5

    def loss(p):
        v = p["own"] + membership @ p["tags"]
        pooled = v[newest_first]
        q = p["user"] + p["gates"][0] * (recent @ pooled) + p["gates"][1] * (long @ pooled)
        share = (counts[candidates] + 0.01) / (totals + 0.01 * items)
        o = jnp.log(share @ jax.nn.softmax(p["theta"]))
        logits = v[candidates] @ q + p["bias"][candidates] + o - jnp.log(frequency)
        return case["weight"] * (jax.nn.logsumexp(logits) - logits[0])

    gradient = dict(jax.grad(loss)({name: jnp.array(value) for name, value in parameters.items()}))
    positive, its_tags = case["positive"], numpy.array(case["itemTags"][case["positive"]])
    penalty = 0.05
    gradient["user"] = gradient["user"] + penalty * parameters["user"]
    gradient["own"] = gradient["own"].at[positive].add(penalty * parameters["own"][positive])
    gradient["tags"] = gradient["tags"].at[its_tags].add(penalty * parameters["tags"][its_tags])

    rates = {"user": (0.11, 0.004), "own": (0.11, 0.004), "tags": (0.11, 0.004), "bias": (0.025, 0.004),
             "gates": (0.05, 1.0), "theta": (0.05, 1.0)}
    before, after = {}, {}
    for name, value in parameters.items():
        forgets = numpy.ones(value.shape, bool)
        if name in ("own", "bias"):
            forgets = numpy.zeros(value.shape, bool)
            forgets[positive] = True
        if name == "tags":
            forgets = numpy.zeros(value.shape, bool)
            forgets[its_tags] = True
        rate, start = rates[name]
        remembered = adagrad(value, accumulators[name], gradient[name], rate, start, False)
        forgot = adagrad(value, accumulators[name], gradient[name], rate, start, True)
        before[name] = {"weights": listed(value), "accumulators": listed(accumulators[name])}
        after[name] = {"weights": listed(jnp.where(forgets, forgot[0], remembered[0])),
                       "accumulators": listed(jnp.where(forgets, forgot[1], remembered[1]))}
    case["before"], case["after"] = before, after
    return case


def negative_case(random):
    """An explicit negative, into the user's row only."""
    user, own = single(random.normal(0, 0.5, 32)), single(random.normal(0, 0.5, 32))
    accumulator = single(random.uniform(0.01, 0.6, 32))
    weight = 0.25
    gradient = jax.grad(lambda u: weight * jnp.log1p(jnp.exp(u @ own)))(jnp.array(user))
    after = adagrad(user, accumulator, gradient, 0.11, 0.004, True)
    return {"weight": weight, "user": listed(user), "own": listed(own), "accumulators": listed(accumulator),
            "weightsAfter": listed(after[0]), "accumulatorsAfter": listed(after[1])}


def rating_case(random, with_tags):
    """Ten ratings of one item by one user, from the first on, so that the running scale is in it too."""
    rates = dict(bias=0.2185, factor=0.1034, start=0.4765, biasL2=0.036, factorL2=0.0061) if with_tags else dict(
        bias=0.394, factor=0.264, start=4.58, biasL2=0.072, factorL2=0.01)
    tags = 5 if with_tags else 0
    scale = 1.0 if tags <= 4 else tags**-0.5
    p = {"user": single(random.normal(0, 0.2, 32)), "item": single(random.normal(0, 0.2, 32)),
         "tags": single(random.normal(0, 0.2, (tags, 32))),
         "userBias": single(0.0), "itemBias": single(0.0), "tagBias": single(numpy.zeros(tags))}
    a = {name: numpy.full(value.shape, numpy.float64(numpy.float32(rates["start"]))) for name, value in p.items()}
    case = {"withTags": with_tags, "user": listed(p["user"]), "item": listed(p["item"]), "tags": listed(p["tags"]),
            "steps": []}
    total = deviations = 0.0
    ratings = single([4, 3, 5, 1, 2.5, 4, 4, 3.5, 5, 0.5])
    for count, rating in enumerate(ratings):
        prior = abs(ratings[0]) / 4
        mean = total / count if count else 0.0
        spread = 1.1 * (10 * prior + deviations) / (10 + count)
        z = (rating - mean) / spread

        def loss(p):
            q = p["item"] + scale * p["tags"].sum(0)
            f = p["userBias"] + p["itemBias"] + scale * p["tagBias"].sum() + p["user"] @ q
            biases = p["userBias"] ** 2 + p["itemBias"] ** 2 + (p["tagBias"] ** 2).sum()
            factors = (p["user"] ** 2).sum() + (p["item"] ** 2).sum() + (p["tags"] ** 2).sum()
            return 0.5 * ((z - f) ** 2 + rates["biasL2"] * biases + rates["factorL2"] * factors)

        gradient = jax.grad(loss)({name: jnp.array(value) for name, value in p.items()})
        for name in p:
            rate = rates["bias"] if name.endswith("Bias") else rates["factor"]
            p[name], a[name] = adagrad(p[name], a[name], gradient[name], rate, rates["start"], True)
        if count:
            deviations += abs(rating - mean)
        total += rating
        mean, spread = total / (count + 1), 1.1 * (10 * prior + deviations) / (11 + count)
        q = p["item"] + scale * p["tags"].sum(0)
        f = p["userBias"] + p["itemBias"] + scale * p["tagBias"].sum() + p["user"] @ q
        prediction = min(max(mean + spread * f, min(ratings[: count + 1])), max(ratings[: count + 1]))
        case["steps"].append({"rating": float(rating), "prediction": float(prediction),
                              "user": listed(p["user"]), "item": listed(p["item"]),
                              "userBias": float(p["userBias"]), "itemBias": float(p["itemBias"])})
    return case


def symmetric(key, count):
    """Multiples of 2^-23 in -1..<1, one per draw."""
    step = 0x9E3779B97F4A7C15
    bits = [mix((key + (draw + 1) * step) & MASK) for draw in range(count)]
    return numpy.array([(b >> 40) - 0x800000 for b in bits], dtype=numpy.float64) * 2.0**-23


def ranker_case():
    """Three mini-batches of the ranker. Inputs and initial weights come from counters, so only outcomes are written."""
    seed, batch, shape = 42, 64, (78, 256, 64, 2)
    layers = []
    for number, (inputs, outputs) in enumerate(zip(shape, shape[1:]), start=1):
        key = mix((mix(seed ^ 0x72616E6B) + number) & MASK)
        limit = numpy.sqrt(6 / (inputs + outputs))
        weights = symmetric(key, inputs * outputs) * limit if outputs != 2 else numpy.zeros(inputs * outputs)
        layers.append({"w": single(weights).reshape(inputs, outputs), "b": numpy.zeros(outputs)})
    accumulators = jax.tree.map(lambda x: numpy.full(x.shape, single(0.1)), layers)

    def forward(layers, x):
        for layer in layers[:-1]:
            x = jnp.maximum(x @ layer["w"] + layer["b"], 0)
        return x @ layers[-1]["w"] + layers[-1]["b"]

    case = {"seed": seed, "batches": []}
    for number in range(3):
        x = symmetric(1000 + number, batch * 78).reshape(batch, 78)
        target = symmetric(2000 + number, batch * 3).reshape(batch, 3)
        residual, prior = 4 * target[:, 0], target[:, 1]
        # Every third sample has no label of engagement, every fifth no rating; engaged if the third number is positive.
        has_label = numpy.arange(batch) % 3 != 0
        has_rating = numpy.arange(batch) % 5 != 0
        engaged = target[:, 2] > 0

        def loss(layers):
            output = forward(layers, x)
            squared = 0.5 * (output[:, 0] - residual) ** 2
            logit = prior + output[:, 1]
            p = jax.lax.stop_gradient(jax.nn.sigmoid(logit))
            late = jnp.where(engaged, (1 + p) * jax.nn.softplus(-logit), (1 - p) * (1 + p) * jax.nn.softplus(logit))
            return jnp.where(has_rating, squared, 0).sum() + jnp.where(has_label, late, 0).sum()

        before = forward(layers, x)
        gradient = jax.grad(loss)(layers)
        accumulators = jax.tree.map(lambda a, g: a + g**2, accumulators, gradient)
        layers = jax.tree.map(lambda w, g, a: w - 0.01 * g / jnp.sqrt(a), layers, gradient, accumulators)
        case["batches"].append({
            "before": listed(before), "after": listed(forward(layers, x)),
            "first": listed(layers[0]["w"][7, :8]), "second": listed(layers[1]["w"][100, :8]),
            "secondBias": listed(layers[1]["b"][:8]), "firstBias": listed(layers[0]["b"][:8]),
        })
    return case


def follow_case():
    """A user follows an author: w ln(1 + e^(-u.t)), both rows."""
    random = numpy.random.default_rng(21)
    weight, rate, start = 1.0, 0.11, 0.004
    user, tag = single(random.normal(0, 0.3, 32)), single(random.normal(0, 0.3, 32))
    accumulator = single(random.uniform(0.004, 0.5, 32))
    gradient = jax.grad(lambda u, t: weight * jax.nn.softplus(-(u @ t)), argnums=(0, 1))(user, tag)
    after = [adagrad(w, accumulator, g, rate, start, True)[0] for w, g in zip((user, tag), gradient)]
    return {"user": listed(user), "tag": listed(tag), "accumulators": listed(accumulator),
            "userAfter": listed(after[0]), "tagAfter": listed(after[1])}


def main():
    random = numpy.random.default_rng(20)
    golden = {
        "version": VERSION, "jax": jax.__version__,
        "adagrad": adagrad_case(random), "towers": tower_case(random), "negative": negative_case(random),
        "ratings": [rating_case(random, True), rating_case(random, False)],
        "ranker": ranker_case(), "follow": follow_case(),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json")
    with open(path, "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    print(f"wrote {path}, version {VERSION}, jax {jax.__version__}")


if __name__ == "__main__":
    main()
