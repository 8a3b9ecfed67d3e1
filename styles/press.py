# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints in several inks: linocut, risograph."""
import numpy as np

from flow import Flow, scattered, swirls
from ground import frame, sheet_of_paper
from line import ruled, Sheet, smoothed, tapered
from motif import graded, photograph, tone_mapped
from noise import blur, clouds, mixed, rgb, sample, step


def linocut(rng, size):
    """Linocut in two colours: smooth bold cuts, chatter of the gouge in what was cleared, rolled ink, not quite in register."""
    width, height, u = frame(size, 1.0)
    shape = (height, width)
    gy, gx = np.mgrid[0:height, 0:width].astype(np.float32)
    key, second = Sheet(width, height), Sheet(width, height)

    def leaf(x, y, angle, length, wide, bend):
        t = np.linspace(0, 1, 36)
        lean = angle + bend * t
        mx = x + np.concatenate([[0], np.cumsum(np.cos(lean[1:]))]) * length / 36
        my = y + np.concatenate([[0], np.cumsum(np.sin(lean[1:]))]) * length / 36
        body = wide / 2 * np.sin(np.pi * t**0.85) ** 0.85
        nx, ny = -np.sin(lean), np.cos(lean)
        outline, halo = (np.concatenate([np.stack([mx + nx * b, my + ny * b], axis=1),
            np.stack([mx - nx * b, my - ny * b], axis=1)[::-1]]) for b in (body, body + 5 * u))
        key.polygon(halo, 0)
        key.polygon(outline, 255)
        second.polygon(halo if rng.random() < 0.5 else outline, 255 if rng.random() < 0.75 else 0)
        # Veins, cut out with the fine gouge from the midrib outwards.
        mid = np.stack([mx, my], axis=1)
        key.line(mid[1:-3], (4.6 * u * tapered(36, 0.02, 0.9))[1:-3], 0)
        for k in range(4, 33, 3):
            for sense in (-1, 1):
                reach = body[k] * rng.uniform(0.66, 0.86)
                s = np.linspace(0.1, 1, 8)
                a = lean[k] + sense * (1.0 - 0.35 * s)
                path = np.stack([mx[k] + np.cos(a) * s * reach * 1.2, my[k] + np.sin(a) * s * reach * 1.2], axis=1)
                key.line(path, 4.2 * u * tapered(8, 0.35, 0.7) + 0.4 * u, 0)

    # The ground: cut in waves, so that thin ridges of ink are left; the gouge goes around things.
    own = swirls(rng, shape, 420 * u, 0.8, 0.6)
    flow = Flow(np.cos(2 * own), np.sin(2 * own))
    for path in ruled(rng, flow, width, height, 13 * u, 1.5, 11):
        path = smoothed(path)
        n = len(path)
        key.line(path, 7.2 * u * tapered(n, rng.uniform(0.1, 0.3), rng.uniform(0.3, 0.6)) * (1 + 0.08 * rng.standard_normal(n)))
    xs, ys = scattered(rng, width, height, 175 * u)
    for x, y in zip(xs, ys):
        a = float(flow.angle(np.array([x]), np.array([y]))[0]) + np.pi * rng.integers(2)
        kind = rng.random()
        if kind < 0.62:
            stem = np.stack([x + np.linspace(0, 1, 30) * 190 * u * np.cos(a + 0.3 * np.linspace(-1, 1, 30)),
                y + np.linspace(0, 1, 30) * 190 * u * np.sin(a + 0.3 * np.linspace(-1, 1, 30))], axis=1)
            key.line(stem, 13 * u * np.ones(30))
            for k in range(2, 29, 6):
                for sense in (-1, 1):
                    leaf(*stem[k], a + sense * rng.uniform(0.6, 0.95), rng.uniform(95, 150) * u, rng.uniform(34, 54) * u,
                        -sense * rng.uniform(0.1, 0.5))
            leaf(*stem[-1], a + 0.3, 130 * u, 46 * u, 0)
        elif kind < 0.85:
            r = rng.uniform(46, 74) * u
            t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
            ring = lambda f: np.stack([x + r * f * np.cos(t) * (1 + 0.03 * np.sin(3 * t + x)),
                y + r * f * np.sin(t) * (1 + 0.03 * np.sin(2 * t + y))], axis=1)
            key.polygon(ring(1.12), 0)
            second.polygon(ring(1.1), 255)
            petals = int(rng.integers(14, 20))
            for k in range(petals):  # petals stand as ink, with gouges between
                b = 2 * np.pi * (k + rng.normal(0, 0.08)) / petals
                s = np.linspace(0.42, 1.02, 12)
                key.line(np.stack([x + r * s * np.cos(b), y + r * s * np.sin(b)], axis=1), r * 0.21 * np.sin(np.pi * np.linspace(0.12, 0.95, 12)))
            key.polygon(ring(0.36), 255)
            for k in range(18):
                q, b = r * 0.3 * np.sqrt((k + 0.5) / 18), 2.4 * k
                s = np.linspace(0, 1, 5)
                key.line(np.stack([x + q * np.cos(b) + s * 4 * u, y + q * np.sin(b) + s * 2 * u], axis=1), 3 * u * tapered(5, 0.3, 0.6), 0)
        else:
            for k in range(7):  # berries
                bx, by, r = x + rng.normal(0, 34) * u, y + rng.normal(0, 34) * u, rng.uniform(12, 19) * u
                t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
                blob = lambda f: np.stack([bx + f * r * np.cos(t), by + f * r * np.sin(t) * 0.95], axis=1)
                key.polygon(blob(1.3), 0)
                key.polygon(blob(1.0), 255)
                second.polygon(blob(1.15), 255)
                s = np.linspace(3.6, 5.0, 10)
                key.line(np.stack([bx + 0.6 * r * np.cos(s), by + 0.6 * r * np.sin(s)], axis=1), 4 * u * tapered(10, 0.3, 0.5), 0)
    dark, colour = key.coverage(), second.coverage()
    chatter = Sheet(width, height)
    for path in ruled(rng, flow.turned(0.25), width, height, 19 * u, 1.2, 4):
        if rng.random() < 0.35:
            chatter.line(smoothed(path), rng.uniform(0.8, 2.2) * u * tapered(len(path), 0.3, 0.5))

    def inked(block, dx, dy, turn, salt):
        """One block printed: shifted a little, with rolled ink."""
        block = sample(block, gx + dx * u + turn * (gy - height / 2), gy + dy * u - turn * (gx - width / 2))
        speck = step(salt, salt + 0.7, clouds(rng, shape, 6 * u, 0.5, 1.4 * u) + 0.5 * clouds(rng, shape, 150 * u, 1, 20 * u))
        roll = 0.93 + 0.04 * clouds(rng, shape, 12 * u, 0.4, 2 * u)
        rim = np.clip(block - blur(block, 2.2 * u), 0, 1)
        return np.clip(block * roll * (1 - 0.8 * speck) + 0.12 * rim, 0, 1)

    bit = np.maximum(dark, 0.9 * chatter.coverage() * (1 - blur(colour, 4 * u)))
    paper = sheet_of_paper(rng, shape, "#f2e9d6", u, 0.022)
    second_ink = inked(colour, 2.6, -1.8, 0.0012, 1.9)
    picture = paper * (1 - second_ink[..., None] * (1 - rgb("#dd7a3a")))
    return mixed(picture, rgb("#14343b"), inked(bit, 0, 0, 0, 1.7) * 0.97)


def risograph(rng, size):
    """Risograph: three spot inks in halftone, each with a screen of its own, out of register, uneven on soft paper."""
    width, height, u = frame(size, 1.0)
    shape = (height, width)
    finer = 2
    photo = graded(photograph("singaporean-cityscape", width, height, (0.1, 0, 0.95, 1)), 1.5, 1.15, 0.8)
    tone = tone_mapped(photo, 80 * u, 0.3)
    takes = -np.log(np.clip(mixed(photo, tone[..., None], 0.25), 0.03, 1))
    inks = [("#ff4c8b", 75, 9.5, (1.8, -1.2)), ("#ffd400", 0, 8.5, (-2.2, 1.4)), ("#0b6fb8", 15, 9.5, (0.0, 0.0))]
    basis = np.stack([-np.log(np.clip(rgb(c), 0.03, 1)) for c, *_ in inks])
    inverse = np.linalg.pinv(basis)
    amounts = np.clip(takes @ inverse, 0, None)
    paper = sheet_of_paper(rng, shape, "#f3eee0", u, 0.025)
    picture = paper
    y, x = np.mgrid[0 : height * finer, 0 : width * finer].astype(np.float32) / finer
    for i, (colour, degrees, pitch, shift) in enumerate(inks):
        a = np.deg2rad(degrees)
        wobble = 0.5 * u * clouds(rng, shape, 200 * u, 1.2, 20 * u)
        amount = 1 - np.exp(-1.25 * blur(amounts[..., i], 1.0 * u))
        want = np.clip(sample(amount, x + shift[0] * u, y + shift[1] * u), 0, 0.97)
        drift = sample(wobble, x, y)
        p, q = (x + drift) * np.cos(a) + y * np.sin(a), -x * np.sin(a) + (y + drift) * np.cos(a)
        screen = 0.5 + 0.25 * (np.cos(2 * np.pi * p / (pitch * u)) + np.cos(2 * np.pi * q / (pitch * u)))
        rough = sample(clouds(rng, shape, 4 * u, 0.4, 1.1 * u), x, y)
        dot = step(-0.06, 0.06, want - 1 + screen * 0.98 + 0.035 * rough)
        dot = dot.reshape(height, finer, width, finer).mean(axis=(1, 3))
        cover = 0.9 + 0.06 * clouds(rng, shape, 260 * u, 1.2, 20 * u) - 0.5 * step(1.4, 2.4, clouds(rng, shape, 7 * u, 0.5, 1.3 * u))
        roller = 1 + 0.03 * clouds(rng, (height, 32), 30 * u)[:, :1]  # bands across the drum
        picture = picture * np.exp(-(dot * np.clip(cover * roller, 0, 1.1))[..., None] * basis[i] * 0.92)
    return np.clip(picture, 0, 1)
