# SPDX-License-Identifier: Apache-2.0
"""A peer that is always there: tests of the benchmark run against it."""

import numpy as np

from sidebyside.layer import cropped
from sidebyside.peers import Case


def load(data, threads, options):
    layer = data.layer
    full = np.zeros((layer.batch, *layer.full, layer.out_channels), np.float32)
    places = [(slice(None), *(slice(t * d, t * d + (i - 1) * s + 1, s)
                              for t, d, i, s in zip(tap, layer.dilations, layer.input, layer.strides)))
              for tap in np.ndindex(*layer.kernel)]
    taps = [np.ascontiguousarray(data.filter[tap].T) for tap in np.ndindex(*layer.kernel)]

    def run():
        full.fill(0)
        for place, tap in zip(places, taps):
            full[place] += data.input @ tap
        return full

    return Case(run, lambda output: cropped(output, layer.before, layer.output), layer.before)
