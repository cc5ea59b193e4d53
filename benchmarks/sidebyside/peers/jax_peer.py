# SPDX-License-Identifier: Apache-2.0
"""JAX: XLA's convolution with a dilated input."""

import jax
import numpy as np

from sidebyside.peers import Case


def load(data, threads, options):
    layer = data.layer
    weights = np.ascontiguousarray(np.flip(data.filter, range(layer.rank)).swapaxes(-1, -2))
    extents = 'DHW'[3 - layer.rank:]
    names = (f'N{extents}C', f'{extents}IO', f'N{extents}C')
    reach = [d * (k - 1) for d, k in zip(layer.dilations, layer.kernel)]
    pads = [(r - before, r - after) for r, before, after in zip(reach, layer.before, layer.after)]
    function = jax.jit(lambda x: jax.lax.conv_general_dilated(x, weights, (1,) * layer.rank, pads, layer.strides,
                                                              layer.dilations, names))
    x = jax.device_put(data.input)
    # JAX's caches hold the weights of every layer compiled.
    return Case(lambda: function(x).block_until_ready(), np.asarray, layer.before, close=jax.clear_caches)
