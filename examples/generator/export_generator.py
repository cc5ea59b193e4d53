# SPDX-License-Identifier: Apache-2.0
"""Makes the model that this example compiles: a small generator with seeded weights, as PyTorch exports it.

Writes generator.onnx, input.npy and expected.npy, which is what onnxruntime makes of the input, into FOLDER; prints how far
PyTorch is from that.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

INPUT_SHAPE = (1, 64, 8, 8)
SEED = 12


class Generator(nn.Module):
    """[1, 64, 8, 8] features to a picture, [1, 3, 64, 64]."""

    def __init__(self):
        super().__init__()
        self.up1 = nn.ConvTranspose2d(64, 48, kernel_size=3, stride=2, padding=1, output_padding=1)
        self.act1 = nn.PReLU(48)
        self.up2 = nn.ConvTranspose2d(48, 32, kernel_size=4, stride=2, padding=1)
        self.act2 = nn.LeakyReLU(0.01)
        self.up3 = nn.ConvTranspose2d(32, 16, kernel_size=4, stride=2, padding=1)
        self.act3 = nn.LeakyReLU(0.01)
        self.image = nn.ConvTranspose2d(16, 3, kernel_size=7, stride=1, padding=3)

    def forward(self, features):
        x = self.act1(self.up1(features))
        x = self.act2(self.up2(x))
        x = self.act3(self.up3(x))
        return torch.tanh(self.image(x))


def seed(model):
    """Random weights under which tanh is neither a line nor a step; biases and slopes by which channels differ. Returns a
    random input."""
    generator = torch.Generator().manual_seed(SEED)
    for layer in model.children():
        if isinstance(layer, nn.ConvTranspose2d):
            taps = np.prod([k / s for k, s in zip(layer.kernel_size, layer.stride)])
            nn.init.normal_(layer.weight, std=(taps * layer.in_channels) ** -0.5, generator=generator)
            nn.init.normal_(layer.bias, std=0.1, generator=generator)
        elif isinstance(layer, nn.PReLU):
            nn.init.uniform_(layer.weight, 0.05, 0.45, generator=generator)
    return torch.randn(INPUT_SHAPE, generator=generator)


def strip(file):
    """PyTorch notes at each node from which line of which file it comes, with the paths of this machine."""
    model = onnx.load(file)
    for part in [model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
        part.ClearField("metadata_props")
    onnx.save(model, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the files are written")
    folder = parser.parse_args().folder

    model = Generator().eval()
    with torch.no_grad():
        features = seed(model)
        picture = model(features).numpy()
    file = folder / "generator.onnx"
    torch.onnx.export(model, (features,), file, input_names=["features"], output_names=["picture"], external_data=False)
    strip(file)

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"features": features.numpy()})
    np.save(folder / "input.npy", features.numpy())
    np.save(folder / "expected.npy", expected)

    difference = np.abs(picture.astype(np.float64) - expected).max()
    print(f"largest value {np.abs(expected).max():.3g}; PyTorch's largest difference to onnxruntime {difference:.2g}")


if __name__ == "__main__":
    main()
