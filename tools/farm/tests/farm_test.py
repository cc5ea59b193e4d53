# SPDX-License-Identifier: Apache-2.0
"""What a farm does with answers of workers, good and bad, with none, and with an interrupt; and a farm of one machine."""

import json
import time
import unittest

from farm_case import FarmCase

ZEN3, SKYLAKE = 'x86-64-avx2:znver3', 'x86-64-avx2:skylake'


class FarmTest(FarmCase):
    @classmethod
    def setUpClass(cls):
        cls.share_scheduler()

    def test_what_the_tool_refuses_is_reported_once_and_the_rest_goes_on(self):
        self.start_workers(one='znver3')
        out, err = self.result(self.start_tune(self.layers('bad_1', 'crash_1', 'interrupted_1', 'short_1'), '--on', ZEN3),
                               code=1)
        self.assertEqual(err.splitlines(), [
            'farm: bad_1 for x86-64-avx2:znver3 on one: layer.json: strides = 0: must be 1 or more',
            'farm: crash_1 for x86-64-avx2:znver3 on one: tconv tune was ended by a signal: Segmentation fault',
            'farm: interrupted_1 for x86-64-avx2:znver3 on one: tconv tune was interrupted'])
        self.assertEqual([line[0] for line in self.log()], ['bad_1', 'crash_1', 'interrupted_1', 'short_1'])
        self.assertEqual(self.found(), [('short_1', 'znver3')])
        self.assertIn('1 of 4 tuned', out)
        self.assert_left_nothing()

    def test_options_reach_the_tool_and_one_task_runs_at_a_time(self):
        self.start_workers(one='znver3')
        tune = self.start_tune(self.layers('long_1', 'long_2'), '--on', ZEN3, '--minutes', 2.5, '--trials', 7, '--seed',
                               3, '--threads', 2, '--runner', 'ssh board {program}', '--wait', 0.5)
        words = self.started('long_1')[4]
        for option in ('--target x86-64-avx2', '--cpu znver3', '--minutes 2.5', '--trials 7', '--seed 3', '--threads 2',
                       '--runner ssh board {program}'):
            self.assertIn(option, words)
        time.sleep(1)  # longer than --wait, which counts without a worker alone
        self.assertEqual(len(self.log()), 1)
        self.go()
        self.result(tune)
        self.assertEqual([each['threads'] for each in json.loads(self.records.read_text())], [2, 2])

    def test_waits_for_a_worker_that_comes_late_with_the_facts_of_its_machine(self):
        tune = self.start_tune(self.layers('short_1'), '--on', 'x86-64-avx2:pentium-ii')
        self.line_of(tune, 'waiting for a worker with cpu pentium-ii, 60 s at most')
        machine = self.folder / 'machine.json'
        machine.write_text('{"cpu_name": "pentium-ii"}')
        self.start('worker', '--scheduler', self.address, '--tconv', self.tconv, '--machine', machine)
        self.result(tune)
        self.assertEqual(self.found(), [('short_1', 'pentium-ii')])
        self.assertNotIn('--cpu', self.log()[0][4])

    def test_gives_up_a_processor_without_a_worker(self):
        self.start_workers(one='znver3')
        tune = self.start_tune(self.layers('short_1', 'short_2'), '--on', ZEN3, '--on', SKYLAKE, '--wait', 0.2)
        self.assertEqual(self.result(tune, code=1)[1].splitlines(), [
            f'farm: {name} for x86-64-avx2:skylake: no worker with cpu skylake within 0.2 s' for name in ('short_1', 'short_2')])
        self.assertEqual(self.found(), [('short_1', 'znver3'), ('short_2', 'znver3')])

    def test_an_interrupt_keeps_what_was_found_and_a_session_goes_on(self):
        self.start_workers(one='znver3')
        session = ('--session', self.folder / 'session.jsonl')
        tune = self.start_tune(self.layers('short_1', 'long_1'), '--on', ZEN3, *session)
        process = self.started('long_1')[3]
        self.interrupt(tune)
        out, err = self.result(tune, code=130)
        self.assertEqual(err, 'farm: interrupted; what was found is kept\n')
        self.assertIn('1 of 2 tuned', out)
        self.assert_ends(process)
        self.assertEqual(self.found(), [('short_1', 'znver3')])
        self.go()
        out, _ = self.result(self.start_tune(self.layers('short_1', 'long_1'), '--on', ZEN3, *session))
        self.assertIn('1 of 2 done before', out)
        self.assertEqual([line[0] for line in self.log()], ['short_1', 'long_1', 'long_1'])
        self.assertEqual(self.found(), [('long_1', 'znver3'), ('short_1', 'znver3')])
        self.until(lambda: not list((self.folder / 'tmp').glob('tconv-farm-*')), 'a folder is left')


class AloneTest(FarmCase):
    def test_without_a_scheduler_this_machine_works(self):
        out, err = self.result(self.start_tune(self.layers('short_1'), '--on', 'x86-64-avx2', '--tconv', self.tconv,
                                               scheduler=False, cpu='znver4'))
        self.assertEqual((self.found(), err), ([('short_1', 'znver4')], ''))
        self.assertRegex(out, '(?m)^(no )?dashboard: ')
        self.assertRegex(out, r'(?m)^short_1 +x86-64-avx2 +znver4 +this machine ')
        self.assert_left_nothing()

    def test_an_interrupt_ends_the_tool(self):
        tune = self.start_tune(self.layers('long_1'), '--on', 'x86-64-avx2', '--tconv', self.tconv, scheduler=False,
                               cpu='znver4')
        process = self.started('long_1')[3]
        tune.terminate()
        self.assertEqual(self.result(tune, code=130)[1], 'farm: interrupted; what was found is kept\n')
        self.assert_ends(process)
        self.assert_left_nothing()

    def test_the_records_that_cannot_be_written_are_one_line(self):
        tune = self.start_tune(self.layers('long_1'), '--on', 'x86-64-avx2', '--tconv', self.tconv, scheduler=False,
                               cpu='znver4')
        self.started('long_1')
        self.records.mkdir()
        self.go()
        self.assertRegex(self.result(tune, code=1)[1], r'^farm: --records = \S+: cannot be read: Is a directory\n$')


if __name__ == '__main__':
    unittest.main()
