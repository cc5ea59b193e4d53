# SPDX-License-Identifier: Apache-2.0
"""A farm of three workers: who gets what, and where tasks go when a worker, the scheduler or the one who asked dies."""

import re
import signal
import unittest

from farm_case import FarmCase

ZEN3, SKYLAKE = 'x86-64-avx2:znver3', 'x86-64-avx2:skylake'


class WorkersTest(FarmCase):
    @classmethod
    def setUpClass(cls):
        cls.share_scheduler()

    def test_a_killed_workers_task_ends_elsewhere_and_the_wrong_processor_gets_none(self):
        workers = self.start_workers(first='znver3', second='znver3', other='skylake')
        layers = self.layers('long_1', 'short_1', 'short_2', 'not_chosen')
        tune = self.start_tune(layers, '--on', ZEN3, '--on', SKYLAKE, '--layers', 'long_1,short_1,short_2')
        self.until(lambda: {line[2] for line in self.log('long_1')} == {'znver3', 'skylake'}, 'not started')
        _, killed, cpu, process, _ = next(line for line in self.log('long_1') if line[2] == 'znver3')
        self.until(lambda: len(self.log()) == 4, 'the other znver3 worker did nothing meanwhile')
        workers[killed].kill()
        self.assert_ends(process)
        self.until(lambda: len([line for line in self.log('long_1') if line[2] == cpu]) == 2, 'not started again')
        self.go()
        out, err = self.result(tune)

        self.assertEqual(err, '')
        self.assertEqual(self.found(), sorted((layer, cpu) for layer in ('long_1', 'short_1', 'short_2')
                                              for cpu in ('skylake', 'znver3')))
        self.assertEqual({line[1] for line in self.log() if line[2] == 'skylake'}, {'other'})
        self.assertEqual({line[1] for line in self.log() if line[2] == 'znver3'}, {'first', 'second'})
        survivor, = {'first', 'second'} - {killed}
        self.assertRegex(out, rf'(?m)^long_1 +x86-64-avx2 +znver3 +{survivor} +1\.0000 +0\.5000 +2\.00 +12/1  time is up$')
        self.assertEqual(len(re.findall('time is up', out)), 6)
        self.assertNotIn('\r', out)
        self.assertTrue(out.endswith(f'6 of 6 tuned; {self.records}\n'), out)

    def test_a_stopped_worker_hands_its_task_over(self):
        workers = self.start_workers(first='znver3', second='znver3')
        tune = self.start_tune(self.layers('long_1'), '--on', ZEN3)
        _, stopped, _, process, _ = self.started('long_1')
        workers[stopped].terminate()
        self.result(workers[stopped])
        self.assert_ends(process)
        self.assert_left_nothing_of_first_start()
        self.go()
        self.assertEqual(self.result(tune)[1], '')
        self.assertEqual(self.found(), [('long_1', 'znver3')])
        self.assertEqual([line[1] for line in self.log()], [stopped, *({'first', 'second'} - {stopped})])

    def assert_left_nothing_of_first_start(self):
        self.until(lambda: len(self.log('long_1')) == 2, 'not started again')
        left = [each for each in (self.folder / 'tmp').iterdir() if each.name.startswith('tconv-farm-')]
        self.assertEqual(len(left), 1, left)

    def test_gives_up_the_task_of_the_last_worker_that_died(self):
        worker = self.start_workers(one='znver3')['one']
        tune = self.start_tune(self.layers('long_1'), '--on', ZEN3, '--wait', 0.2)
        self.started('long_1')
        worker.kill()
        self.assertEqual(self.result(tune, code=1)[1],
                         'farm: long_1 for x86-64-avx2:znver3: no worker with cpu znver3 within 0.2 s\n')

    def test_a_killed_tune_ends_its_tasks(self):
        self.start_workers(one='znver3')
        tune = self.start_tune(self.layers('long_1'), '--on', ZEN3)
        process = self.started('long_1')[3]
        tune.kill()
        self.assert_ends(process)


class DeathsTest(FarmCase):
    def test_a_lost_scheduler_is_one_line(self):
        scheduler = self.start_scheduler()
        worker = self.start_workers(one='znver3')['one']
        tune = self.start_tune(self.layers('short_1', 'long_1'), '--on', ZEN3)
        process = self.started('long_1')[3]
        scheduler.kill()
        self.assertEqual(self.result(tune, code=1)[1], 'farm: the scheduler is gone\n')
        self.assertEqual(self.found(), [('short_1', 'znver3')])
        self.assertIn('worker one: its scheduler is gone', self.result(worker, code=1)[0])
        self.assert_ends(process)

    def test_a_task_that_kills_its_workers_is_given_up(self):
        self.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES='0')
        worker = self.start_workers(one='znver3', two='znver3')
        _, err = self.result(self.start_tune(self.layers('deadly_1', 'short_1'), '--on', ZEN3), code=1)
        self.assertEqual(err, 'farm: deadly_1 for x86-64-avx2:znver3: given up: its worker died, 1 in a row\n')
        self.assertEqual(self.found(), [('short_1', 'znver3')])
        dead = worker[self.log('deadly_1')[0][1]]
        self.assertEqual(dead.wait(), -signal.SIGKILL)


if __name__ == '__main__':
    unittest.main()
