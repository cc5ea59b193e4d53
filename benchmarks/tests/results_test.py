# SPDX-License-Identifier: Apache-2.0
"""What tables and charts derive from results: limits, best peers, ratios, means, and nulls among them."""

import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
from made_up_results import entry, layer, results

from sidebyside import chart, report, results as res
from sidebyside.layer import Data, Layer, cropped

SMALL = {'name': 'small', 'batch': 2, 'spatial': [3, 4], 'in_channels': 2, 'out_channels': 3, 'kernel': [4, 3],
         'strides': [2, 2], 'dilations': [1, 1], 'padding': 'same', 'output_padding': None}


def cells_by_definition(data, before):
    """Every pair of input and filter value, one after the other; and how many of them land in the output."""
    shape = data.layer
    output, pairs = np.zeros(shape.output_shape), 0
    for n, *position in np.ndindex(shape.batch, *shape.input):
        for tap in np.ndindex(*shape.kernel):
            cell = [i * s + d * t - b for i, t, s, d, b in zip(position, tap, shape.strides, shape.dilations, before)]
            if all(0 <= c < o for c, o in zip(cell, shape.output)):
                output[(n, *cell)] += data.filter[tap].astype(np.float64) @ data.input[(n, *position)]
                pairs += 1
    return output, pairs * shape.in_channels * shape.out_channels


class LayerTest(unittest.TestCase):
    def check(self, *output, **changes):
        data = Data.random(Layer(dict(SMALL, **changes), (2, *output, 3)))
        for before in {data.layer.before, data.layer.both}:
            want, macs = cells_by_definition(data, before)
            np.testing.assert_allclose(cropped(data.full_output(), before, data.layer.output), want, atol=1e-12)
            if before == data.layer.before:
                self.assertEqual(data.layer.useful_macs, macs)

    def test_reference_and_useful_multiply_adds_follow_the_definition(self):
        self.check(6, 8)
        self.check(8, 9, padding='valid')
        self.check(3, 4, dilations=[2, 3], strides=[1, 1])
        self.check(15, spatial=[5], kernel=[5], strides=[3], dilations=[1])
        self.check(4, 1, 9, spatial=[2, 1, 3], kernel=[2, 3, 4], strides=[2, 1, 3], dilations=[1, 1, 1])

    def test_outputs_longer_than_the_full_one_end_in_zeros(self):
        for padding in ('same', 'valid'):
            self.check(15, 20, strides=[5, 5], padding=padding)
        layer = Layer(dict(SMALL, strides=[5, 2]), (2, 15, 8, 3))
        self.assertEqual((layer.before, layer.after, layer.both, layer.appended), ((0, 0), (-1, 1), (0, 1), (1, 1)))

    def test_flops_and_bytes(self):
        small = Layer(SMALL, (2, 6, 8, 3))
        self.assertEqual(small.flops, 2 * 2 * 12 * 2 * 3 * 12)
        self.assertEqual(small.compulsory_bytes, 4 * (2 * 12 * 2 + 12 * 6 + 2 * 6 * 8 * 3))

    def test_data_survives_its_files_and_is_aligned(self):
        data = Data.random(Layer(SMALL, (2, 6, 8, 3)))
        with tempfile.TemporaryDirectory() as folder:
            data.save(folder)
            read = Data.load(folder)
        for name in ('input', 'filter', 'bias'):
            np.testing.assert_array_equal(getattr(read, name), getattr(data, name))
            self.assertEqual(getattr(read, name).ctypes.data % 64, 0)

    def test_what_peers_cannot_all_do_is_refused(self):
        with self.assertRaises(ValueError):
            Layer(SMALL, (2, 6, 8, 4))
        with self.assertRaises(ValueError):
            Layer(dict(SMALL, output_padding=[1, 1]), (2, 6, 8, 3))


class SummaryTest(unittest.TestCase):
    def summary(self, times, **more):
        return res.summary(results({'a': layer(times, **more)}))[0]

    def test_ratio_is_to_the_best_competitor(self):
        row = self.summary({'tconv': 2.0, 'tconv_bias_relu': 2.05, 'onednn_any': 5.0, 'onnxruntime': 3.0,
                            'halide_adams2019': 2.5})
        self.assertEqual((row['best'], row['best_ms'], row['ratio']), ('onnxruntime', 3.0, 1.5))
        self.assertEqual(row['onednn_ratio'], 2.5)
        self.assertAlmostEqual(row['epilogue_ratio'], 1.025)
        self.assertAlmostEqual(row['gflops'], 100.0)
        # 1e8 useful operations at 1e11 a second; 1e6 bytes take a twentieth of that.
        self.assertAlmostEqual(row['limit_ms'], 1.0)
        self.assertEqual(row['limited_by'], 'arithmetic')
        self.assertAlmostEqual(row['of_limit'], 0.5)
        self.assertAlmostEqual(row['limit_ratio'], 3.0)

    def test_memory_limits_where_it_takes_longer(self):
        row = self.summary({'tconv': 20.0}, size=200_000_000)
        self.assertAlmostEqual(row['limit_ms'], 10.0)
        self.assertEqual(row['limited_by'], 'memory')

    def test_nulls_and_missing_rows(self):
        failed = {'ms': None, 'median_ms': None, 'reason': 'crashed'}
        row = self.summary({'tconv': 2.0, 'onednn_any': failed, 'onnxruntime': 3.0})
        self.assertEqual((row['best'], row['onednn_ratio'], row['epilogue_ratio']), ('onnxruntime', None, None))
        row = self.summary({'tconv': failed, 'onnxruntime': 3.0})
        self.assertEqual((row['ms'], row['ratio'], row['of_limit'], row['best']), (None, None, None, 'onnxruntime'))
        row = self.summary({'tconv': 2.0, 'onnxruntime': failed})
        self.assertEqual((row['best'], row['ratio'], row['limit_ratio']), (None, None, None))

    def test_geometric_mean(self):
        self.assertAlmostEqual(res.geometric_mean([2.0, 8.0]), 4.0)
        self.assertAlmostEqual(res.geometric_mean([2.0, None, 8.0]), 4.0)
        self.assertIsNone(res.geometric_mean([None]))
        rows = res.summary(results({'a': layer({'tconv': 1.0, 'onnxruntime': 4.0}),
                                    'b': layer({'tconv': 2.0, 'onnxruntime': 2.0}), 'c': layer({'tconv': 2.0})}))
        self.assertAlmostEqual(res.means(rows)['ratio'], 2.0)
        self.assertIsNone(res.means(rows)['onednn_ratio'])

    def test_files_of_another_format_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, 'x.json')
            res.save(file, results({}))
            self.assertEqual(res.load(file)['threads'], 1)
            res.save(file, dict(results({}), format=2))
            with self.assertRaises(ValueError):
                res.load(file)


class ReportTest(unittest.TestCase):
    made_up = results({
        'a': layer({'tconv': entry(2.0, variant='phases'), 'tconv_bias_relu': 2.0, 'onednn_any': 5.0,
                    'onnxruntime': entry(30.0, dropped=True)}),
        'b': layer({'tconv': entry(4.0, variant='planar'), 'onnxruntime': 3.0,
                    'onednn_any': {'ms': None, 'median_ms': None, 'reason': 'no answer in 30 s'}}),
        'c': layer({'tconv': {'ms': None, 'median_ms': None, 'reason': 'crashed: Segmentation fault'}})})

    def test_markdown(self):
        page = report.markdown(self.made_up, 'x.svg')
        rows = [line.split(' | ') for line in page.splitlines() if line.startswith('|')]
        first = next(cells for cells in rows if cells[0] == '| a')
        self.assertEqual(first[2:4] + first[7:9], ['phases', 'onednn_any', '5.000', '2.50'])
        mean = next(cells for cells in rows if cells[0].startswith('| **geometric'))
        self.assertIn('**1.37**', mean)  # of 2.5 and 0.75
        for words in ('~30.00', 'Below 1: b 0.75.', 'Without a ratio: c.', 'tconv: c: crashed: Segmentation fault',
                      'onednn_any: b: no answer in 30 s', 'jax: not installed: jax',
                      '![Ratio to the best peer](x.svg)'):
            self.assertIn(words, page)
        main_table = [cells for cells in rows if len(cells) == len(first)]
        self.assertEqual(len(main_table), 1 + 1 + 3)  # head, layers and means; the ruler has no blanks
        self.assertNotIn('None', page)

    def test_chart(self):
        text = chart.svg(self.made_up)
        root = ElementTree.fromstring(text)
        bars = [bar for bar in root.iter('{http://www.w3.org/2000/svg}rect') if len(bar)]
        self.assertEqual([bar[0].text.split(':')[0] for bar in bars], ['a', 'b'])  # sorted; c has no ratio
        widths = [float(bar.get('width')) for bar in bars]
        self.assertAlmostEqual(widths[0] / widths[1], 2.5 / 0.75, places=2)
        self.assertNotEqual(bars[0].get('fill'), bars[1].get('fill'))
        self.assertEqual(chart.svg(self.made_up), text)

    def test_chart_with_autoschedulers(self):
        rough = entry(80.0, dropped=True)
        text = chart.svg(results({'a': layer({'tconv': 2.0, 'onnxruntime': 3.0, 'halide_adams2019': rough}),
                                  'b': layer({'tconv': 2.0, 'halide_adams2019': 5.0})}))
        root = ElementTree.fromstring(text)
        bars = [bar for bar in root.iter('{http://www.w3.org/2000/svg}rect') if len(bar)]
        self.assertEqual([bar[0].text.split(', ')[1] for bar in bars],
                         ['onnxruntime 3 ms', 'halide_adams2019 80 ms', 'halide_adams2019 5 ms'])
        self.assertEqual(len({bar.get('y') for bar in bars}), 3)
        words = {words.text: words for words in root.iter('{http://www.w3.org/2000/svg}text')}
        self.assertIn("tconv against Halide's autoschedulers and the best of the other systems", words)
        self.assertIn('adams2019', words)
        ratio, name = words['~40.00'], words['onnxruntime']
        self.assertGreater(float(name.get('x')), float(ratio.get('x')) + 7 * len(ratio.text))

    def test_without_any_result(self):
        ElementTree.fromstring(chart.svg(results({})))
        self.assertIn('geometric mean', report.markdown(results({}), 'x.svg'))

    def test_numbers(self):
        self.assertEqual([report.number(v) for v in (None, 0.005, 0.0543, 0.543, 5.43, 54.3, 543.2)],
                         ['-', '0.00500', '0.0543', '0.543', '5.430', '54.30', '543.2'])


if __name__ == '__main__':
    unittest.main()
