"""Answers to `basin_map`, as bodies of the function."""

FIRST_LINE = "def basin_map(ends, minima, radius=0.1):"

RIGHT = {
    "by norm and where": """
        distances = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        return np.where(distances.min(axis=-1) <= radius, distances.argmin(axis=-1), -1)
    """,
    "run by run": """
        ends = np.asarray(ends, dtype=float)
        index = np.full(ends.shape[:-1], -1)
        for run in np.ndindex(index.shape):
            best = radius
            for i, minimum in enumerate(minima):
                distance = np.sqrt(np.sum((ends[run] - minimum) ** 2))
                if distance <= best:
                    index[run], best = i, distance
        return index
    """,
    "by squares": """
        offsets = np.expand_dims(ends, -2) - np.asarray(minima)
        squares = np.einsum("...kd,...kd->...k", offsets, offsets)
        squares = np.where(squares <= radius**2, squares, np.inf)
        return np.where(np.isinf(squares).all(axis=-1), -1, squares.argmin(axis=-1))
    """,
    "minimum by minimum": """
        distances = np.stack([np.hypot.reduce(np.asarray(ends, dtype=float) - m, axis=-1) for m in minima])
        return np.where((distances <= radius).any(axis=0), np.argmin(np.nan_to_num(distances, nan=np.inf), axis=0), -1)
    """,
    "as floats": """
        distances = np.sqrt(((np.asarray(ends)[..., np.newaxis, :] - minima) ** 2).sum(axis=-1))
        index = np.argmin(distances, axis=-1).astype(float)
        return index + (-1 - index) * ~(distances.min(axis=-1) <= radius)
    """,
}


def _mapped(
    near: str = "d.min(axis=-1) <= radius", index: str = "d.argmin(axis=-1)", none: str = "-1"
) -> str:
    return f"""
        d = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        return np.where({near}, {index}, {none})
    """


# Wrong, and without a name of their own.
WRONG = {
    "not if farther": _mapped("~(d.min(axis=-1) > radius)"),
    "nan for none": _mapped(none="np.nan"),
    "the border is outside": _mapped("d.min(axis=-1) < radius"),
    "-2 for none": _mapped(none="-2"),
    "k for none": _mapped(none="len(minima)"),
    "counts from the end": _mapped(index="d.argmin(axis=-1) - len(minima)"),
    "all within the radius": _mapped("d.max(axis=-1) <= radius"),
    "the root of the distance": _mapped("np.sqrt(d.min(axis=-1)) <= radius"),
    "twice the radius": _mapped("d.min(axis=-1) <= 2 * radius"),
    "the mean distance": _mapped("d.mean(axis=-1) <= radius"),
    "a factor off": _mapped("d.min(axis=-1) <= 1.2 * radius"),
    "the first near one": _mapped("(d <= radius).any(axis=-1)", "(d < 2 * radius).argmax(axis=-1)"),
    "the reach counts from the origin": """
        d = np.abs(np.linalg.norm(ends, axis=-1)[..., None] - np.linalg.norm(minima, axis=-1))
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "by rounding": """
        found = (np.round(np.asarray(ends)[..., None, :]) == np.round(minima)).all(axis=-1)
        return np.where(found.any(axis=-1), found.argmax(axis=-1), -1)
    """,
    "by isclose": """
        found = np.isclose(np.asarray(ends)[..., None, :], minima, rtol=0, atol=radius).all(axis=-1)
        return np.where(found.any(axis=-1), found.argmax(axis=-1), -1)
    """,
    "two weights only": """
        d = np.hypot(ends[..., None, 0] - minima[:, 0], ends[..., None, 1] - minima[:, 1])
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "a table of ends only": """
        d = np.linalg.norm(ends[:, None] - minima[None], axis=2)
        return np.where(d.min(axis=1) <= radius, d.argmin(axis=1), -1)
    """,
    "ends written over": """
        ends *= 1.0
        ends += 1e-9
        d = np.linalg.norm(ends[..., None, :] - minima, axis=-1)
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "a distance to every weight": """
        d = np.abs(np.asarray(ends)[..., None] - np.asarray(minima).mean())
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)[..., 0]
    """,
    "a default that is too large": """
        d = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        radius = 1.0 if radius == 0.1 else radius
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
}
