#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the standard recipe and Pastiche take to the same objective, on the same problem with the same network.

Usage: tools/debian13 bench/time-to-quality.py [--sizes 256 512 1024] [--model FILE] [--references lbfgs adam …]

The standard recipe is written here with PyTorch: float32, NCHW, one scale, 1000 steps of L-BFGS or Adam on Gatys' losses as core/losses.h
divides them. Both sides get the same two 16-bit pictures of the same size, the content already in the style's colours, and Pastiche leaves
colours to the losses. What both have painted is then measured by one program: by the objective, and by what neither of them works on.
"""

import functools
import json
import time

import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

import common
import svg

CONTENT_UNIT, STYLE_UNIT, TV_UNIT = 0.3, 1.0, 3.0  # at strength 0.5; core/stylize.cpp
START_GRAIN = 0.02
SNAPSHOTS = [10, 20, 50, 100, 200, 500, 1000]
ADAM_RATES = [0.003, 0.01, 0.03, 0.1]
UNUSED_LAYERS = ["relu2_2", "relu3_2"]  # by the style losses of the models that Pastiche has


def gram(features):
    rows = features[0].flatten(1)
    return rows @ rows.t() / rows.shape[1]


class Problem:
    """A content, a style of the same size, and how good a painting of them is."""

    def __init__(self, encoder, judge, content, style):
        self.encoder, self.judge, self.content = encoder, judge, content
        with torch.no_grad():
            wanted = encoder(content, encoder.content_layers)
            self.content_targets = {layer: (f, (f**2).sum()) for layer, f in wanted.items()}
            grams = {layer: self.style_gram(layer, f) for layer, f in encoder(style, encoder.style_layers).items()}
            self.style_targets = {layer: (g, (g**2).sum()) for layer, g in grams.items()}
            self.judged_content, self.judged_style = judge(content, UNUSED_LAYERS), judge(style, UNUSED_LAYERS)

    def style_gram(self, layer, features):
        return gram(self.encoder.through_lens(layer, features))

    def objective(self, image):
        features = self.encoder(image, {*self.content_targets, *self.style_targets})
        content = sum(((features[layer] - f) ** 2).sum() / norm for layer, (f, norm) in self.content_targets.items()) / len(self.content_targets)
        style = sum(((self.style_gram(layer, features[layer]) - g) ** 2).sum() / norm for layer, (g, norm) in self.style_targets.items()) / len(self.style_targets)
        across, down = image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]
        tv = ((across**2).sum() + (down**2).sum()) / image.numel()
        return CONTENT_UNIT * content + STYLE_UNIT * style + TV_UNIT * tv

    @torch.no_grad()
    def measure(self, image):
        found = self.judge(image, UNUSED_LAYERS)
        similarity = common.self_similarity(found["relu3_2"]) - common.self_similarity(self.judged_content["relu3_2"])
        return {
            "objective": self.objective(image).item(),
            "ssim": common.ssim(image, self.content),
            "self_similarity": similarity.abs().mean().item(),
            "w2": sum(common.wasserstein(found[layer], self.judged_style[layer]) for layer in UNUSED_LAYERS) / len(UNUSED_LAYERS),
        }


# --- the standard recipe --------------------------------------------------------------------------------------------


def with_lbfgs(image, evaluate, line_search=None):
    """Takes steps of L-BFGS, none of them left out because little changes."""
    optimizer = torch.optim.LBFGS([image], history_size=100, tolerance_grad=-1, tolerance_change=-1, line_search_fn=line_search)

    def advance(steps):
        optimizer.param_groups[0].update(max_iter=steps, max_eval=1000 * steps)
        optimizer.step(evaluate)

    return advance


def with_adam(image, evaluate, rate):
    optimizer = torch.optim.Adam([image], lr=rate)

    def advance(steps):
        for _ in range(steps):
            optimizer.step(evaluate)

    return advance


WOLFE = functools.partial(with_lbfgs, line_search="strong_wolfe")
REFERENCES = {  # name on the command line: (name in tables, where it starts, how it goes on)
    "lbfgs-wolfe": ("L-BFGS, strong Wolfe", "content", WOLFE),
    "lbfgs": ("L-BFGS, no line search", "content", with_lbfgs),
    "lbfgs-wolfe-noise": ("L-BFGS, Wolfe, from noise", "noise", WOLFE),
    "lbfgs-noise": ("L-BFGS, from noise", "noise", with_lbfgs),
    "adam": ("Adam", "content", with_adam),
}


def optimize(problem, start, method, snapshots):
    """Yields steps, seconds and picture at each of the `snapshots`."""
    torch.manual_seed(0)
    content = problem.content
    image = torch.rand_like(content) if start == "noise" else (content + START_GRAIN * torch.randn_like(content)).clamp(0, 1)
    image.requires_grad_(True)

    def evaluate():
        image.grad = None
        loss = problem.objective(image)
        loss.backward()
        return loss

    evaluate()  # the first one also sets up oneDNN
    advance, done, seconds = method(image, evaluate), 0, 0.0
    for steps in snapshots:
        begin = time.monotonic()
        advance(steps - done)
        seconds += time.monotonic() - begin
        done = steps
        yield steps, seconds, common.to_16_bits(image)


def best_adam_rate(problem, steps):
    """Of a small set, after all the steps."""

    def final_objective(rate):
        ((_, _, image),) = optimize(problem, "content", functools.partial(with_adam, rate=rate), [steps])
        return problem.measure(image)["objective"]

    return min(ADAM_RATES, key=final_objective)


def run_references(problem, names, adam_rate, arguments, folder):
    steps = arguments.reference_steps_timed or arguments.steps
    results = []
    for name in names:
        label, start, method = REFERENCES[name]
        if name == "adam":
            label, method = f"Adam, rate {adam_rate:g}", functools.partial(method, rate=adam_rate)
        for done, seconds, image in optimize(problem, start, method, [s for s in SNAPSHOTS if s < steps] + [steps]):
            if not image.isfinite().all():
                common.table_row(label, f"{done} steps", "diverged", *[""] * 5)
                break
            results.append({"name": label, "options": f"{done} steps", "steps": done, "seconds": seconds, **problem.measure(image)})
            show(results[-1])
        else:
            common.write_16_bits(folder / f"{name}.png", image)
    return results


# --- Pastiche -------------------------------------------------------------------------------------------------------


def ladder(steps):
    """Sets of options, each taking longer and coming nearer to the minimum than those before it."""
    yield "default", []
    for number in steps:
        yield f"1 scale, {number} steps", ["--scales", 1, "--tolerance", 0, "--steps", number]
    for number in steps[-2:]:
        yield f"1 scale, {number} steps, float32", ["--scales", 1, "--tolerance", 0, "--steps", number, "--precision", "float32"]
    for number in steps[-2:]:
        options = ["--scales", 1, "--tolerance", 0, "--steps", number, "--precision", "float32", "--optimizer", "lbfgs"]
        yield f"1 scale, {number} steps, float32, L-BFGS", options


def run_pastiche(problem, goal, arguments, folder):
    """Goes up the ladder until the objective is no higher than `goal`."""
    results = []
    common_options = ["--size", 0, "--color", "free", "--model", common.model_file(arguments.model)]
    for number, (label, options) in enumerate(ladder(arguments.ladder)):
        output = folder / f"pastiche-{number:02}.png"
        run = common.run_pastiche(arguments.pastiche, folder / "content.png", folder / "style.png", output, *common_options, *options)
        measures = problem.measure(common.read_16_bits(output))
        told = {"painting": run.report["seconds"], "reported_objective": run.report["scales"][-1]["total_loss"]}
        results.append({"name": "Pastiche", "options": label, "seconds": run.seconds, **told, **measures})
        show(results[-1])
        if measures["objective"] <= goal:
            break
    return results


# --- tables and charts ----------------------------------------------------------------------------------------------


def show(result):
    painting = f"{result['painting']:.2f}" if "painting" in result else "–"
    measures = (f"{result[key]:.4f}" for key in ("objective", "ssim", "self_similarity", "w2"))
    common.table_row(result["name"], result["options"], f"{result['seconds']:.2f}", painting, *measures)


def recolored(content, style):
    """With the style's mean and standard deviation in each channel."""
    (mean, deviation), (wanted_mean, wanted_deviation) = ((x.mean((2, 3), keepdim=True), x.std((2, 3), keepdim=True)) for x in (content, style))
    return (content - mean) / deviation * wanted_deviation + wanted_mean


def make_pictures(arguments, size, folder):
    content = common.photograph(arguments.content, size)
    style = ImageOps.fit(Image.open(arguments.style).convert("RGB"), content.size, Image.LANCZOS)
    content, style = common.tensor_of(content), common.tensor_of(style)
    common.write_16_bits(folder / "content.png", recolored(content, style))
    common.write_16_bits(folder / "style.png", style)
    return (common.read_16_bits(folder / f"{name}.png") for name in ("content", "style"))


def by_name(results):
    names = dict.fromkeys(result["name"] for result in results)
    return {name: [result for result in results if result["name"] == name] for name in names}


def draw(path, size, results):
    curves = {}
    for result in results:
        # The options but for the number of steps tell Pastiche's curves apart.
        manner = [word for word in result["options"].split(", ") if not word.endswith(" steps")]
        curves.setdefault(", ".join([result["name"], *manner]), []).append((result["seconds"], result["objective"]))
    series = [svg.Series(name, points, dashed="noise" in name) for name, points in curves.items()]
    svg.write_chart(path, f"Objective reached after so many seconds, {size} px", "seconds", "objective (less is better)", series)


def tell_summary(sizes, arguments):
    timed = arguments.reference_steps_timed
    if timed:
        print(f"\nOnly {timed} steps of the standard recipe were taken: objectives are those after {timed} steps, and so are the ratios.")
    print("\nFrom start to end of the command, to an objective no higher than that of the standard recipe at its end:\n")
    extrapolated = [f"{arguments.steps} steps would take"] if timed else []
    columns = ["standard recipe", "its seconds", *extrapolated, "its objective", "Pastiche", "seconds", "painting", "times faster"]
    common.table_head("longest side", *columns)
    for size, (references, pastiche) in sizes.items():
        for name, snapshots in by_name(references).items():
            end = snapshots[-1]
            reached = next((r for r in pastiche if r["objective"] <= end["objective"]), None)
            cells = [f"{size} px", f"{name}, {end['options']}", f"{end['seconds']:.1f}"]
            cells += [f"{end['seconds'] * arguments.steps / end['steps']:.0f}"] if timed else []
            cells.append(f"{end['objective']:.4f}")
            if reached:
                speedup = f"{end['seconds'] / reached['seconds']:.1f}"
                cells += [reached["options"], f"{reached['seconds']:.1f}", f"{reached['painting']:.1f}", speedup]
            else:
                lowest = min(r["objective"] for r in pastiche)
                cells += [f"not reached; lowest {lowest:.4f}", "–", "–", "–"]
            common.table_row(*cells)
    print("\nThe other way round, the first snapshot of the standard recipe that is as good as Pastiche with its default options:\n")
    common.table_head("longest side", "Pastiche, default", "its objective", "standard recipe", "seconds", "times faster")
    for size, (references, pastiche) in sizes.items():
        default = pastiche[0]
        good = [r for r in references if r["objective"] <= default["objective"]]
        first = min(good, key=lambda r: r["seconds"], default=None)
        cells = [f"{size} px", f"{default['seconds']:.1f} s", f"{default['objective']:.4f}"]
        if first:
            cells += [f"{first['name']}, {first['options']}", f"{first['seconds']:.1f}", f"{first['seconds'] / default['seconds']:.1f}"]
        else:
            cells += ["not reached", "–", "–"]
        common.table_row(*cells)


def main():
    parser = common.argument_parser(__doc__, "time-to-quality")
    common.add_pictures(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512, 1024], help="longest sides, in pixels")
    parser.add_argument("--model", default="compact", help="a name in models/, or a file")
    parser.add_argument("--judge", help="model for the measures that neither side works on; default: --model")
    parser.add_argument("--references", nargs="+", choices=REFERENCES, default=list(REFERENCES))
    parser.add_argument("--steps", type=int, default=1000, help="of the standard recipe")
    parser.add_argument("--reference-steps-timed", type=int, metavar="K", help="take only K of them, and multiply the time to all")
    parser.add_argument("--ladder", type=int, nargs="+", default=[20, 40, 60, 80, 120, 200, 400], help="steps that Pastiche is tried with")
    parser.add_argument("--adam-rate", type=float, help="default: the best of a few at the first size")
    arguments = parser.parse_args()

    encoder = common.Encoder(common.model_file(arguments.model))
    judge = common.Encoder(common.model_file(arguments.judge)) if arguments.judge else encoder
    sizes, adam_rate = {}, arguments.adam_rate
    for size in arguments.sizes:
        folder = arguments.results / str(size)
        folder.mkdir(parents=True, exist_ok=True)
        problem = Problem(encoder, judge, *make_pictures(arguments, size, folder))
        print(f"\n{size} px\n")
        common.table_head("", "", "seconds", "of which painting", "objective", "SSIM to content", "self-similarity", "W2 to style")
        if "adam" in arguments.references and not adam_rate:
            adam_rate = best_adam_rate(problem, arguments.reference_steps_timed or arguments.steps)
        references = run_references(problem, arguments.references, adam_rate, arguments, folder)
        goal = min((snapshots[-1]["objective"] for snapshots in by_name(references).values()), default=0)
        pastiche = run_pastiche(problem, goal, arguments, folder)
        sizes[size] = references, pastiche
        (folder / "results.json").write_text(json.dumps(references + pastiche, indent=2) + "\n")
        draw(arguments.results / f"time-to-quality-{size}", size, references + pastiche)
    tell_summary(sizes, arguments)


main()
