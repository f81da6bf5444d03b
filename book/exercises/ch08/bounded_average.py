"""An average of updates whose lengths are bounded."""

import math
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def bounded_average(models, model, limit):
    moved = np.zeros(model.shape)
    for update in models - model:
        length = np.linalg.norm(update)
        moved += update * limit / length if length > limit else update
    return model + moved / len(models)


@mistake("short updates should stay as they are")
def always_scaled(models, model, limit):
    updates = models - model
    length = np.maximum(np.linalg.norm(updates, axis=1, keepdims=True), 1e-12)
    return model + (limit / length * updates).mean(axis=0)


@mistake("each weight by itself")
def weight_by_weight(models, model, limit):
    return model + np.clip(models - model, -limit, limit).mean(axis=0)


@mistake("add the average to what the server had sent out")
def update_only(models, model, limit):
    updates = models - model
    length = np.maximum(np.linalg.norm(updates, axis=1, keepdims=True), 1e-12)
    return (np.minimum(1, limit / length) * updates).mean(axis=0)


@mistake("bounds the models")
def models_bounded(models, model, limit):
    length = np.linalg.norm(models, axis=1, keepdims=True)
    return (np.minimum(1, limit / length) * models).mean(axis=0)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for clients, limit in ((3, 1.0), (5, 0.5), (4, 2.0)):
        model = 3 * rng.standard_normal(6)
        updates = rng.standard_normal((clients, 6)) * np.linspace(0.1, 3, clients)[:, None]
        updates[1] = 0.0  # this client did not move
        kept, forced = [], []
        for update in updates.tolist():
            long = math.sqrt(sum(u * u for u in update))
            kept.append([u * limit / long if long > limit else u for u in update])
            forced.append([u * limit / max(long, 1e-12) for u in update])
        models = model + updates
        sizes = np.sqrt((models**2).sum(axis=1))[:, None]
        by_model = (np.where(sizes > limit, limit / sizes, 1) * models).mean(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            got = called(answer, models, model, limit, name="bounded_average")
        if not np.isfinite(np.asarray(got, dtype=float)).all():
            raise Wrong(
                "A client that did not move has an update of length 0: do not divide by it."
            )
        by_weight = np.minimum(np.maximum(updates, -limit), limit).mean(axis=0)
        array(
            got,
            model + np.mean(kept, axis=0),
            causes=[
                (model + np.mean(forced, axis=0), "short updates should stay as they are."),
                (model + by_weight, "that cuts each weight by itself and turns the update."),
                (np.mean(kept, axis=0), "add the average to what the server had sent out."),
                (by_model, "that bounds the models; bound the updates."),
            ],
            name=f"bounded_average for {clients} clients and limit = {limit}",
        )
