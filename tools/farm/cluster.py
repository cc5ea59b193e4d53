# SPDX-License-Identifier: Apache-2.0
"""Dask's parts of the farm: the scheduler, workers, the cluster of this machine alone, and who is there."""

import asyncio
import importlib.util
import logging
import re
import shutil
import signal
import subprocess
import warnings
from collections import Counter
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster, Scheduler, Worker

import tuning_task

CONNECT_SECONDS = 15
LOOPBACK = '127.0.0.1'
DASK_FAILS = OSError, ValueError, RuntimeError, TypeError, asyncio.TimeoutError  # with bad addresses, too
# A worker is still while its task is timed: nothing samples its threads or looks at its load many times a second.
STILL = {'distributed.worker.profile.enabled': False, 'distributed.admin.tick.interval': '5s',
         'distributed.admin.tick.limit': '60s', 'distributed.admin.system-monitor.interval': '5s',
         'distributed.scheduler.worker-ttl': '60s', 'distributed.comm.timeouts.connect': f'{CONNECT_SECONDS}s'}
PROCESSOR = re.compile(r"^This machine's processor is (.+?)[.:]?$", re.M)


class ClusterFailed(Exception):
    """One line."""


def configure():
    dask.config.set(STILL)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith('distributed')]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said in one line
    warnings.filterwarnings('ignore', message='.*(Port .* is already in use|detect a suitable IP|Sending large graph)')


def located(tconv):
    found = shutil.which(tconv)
    if not found:
        raise ClusterFailed(f'--tconv = {tconv}: not there; ./run.sh builds it')
    return found


def processor(tconv):
    """The name of this machine's processor, as records have it."""
    try:
        listing = subprocess.run([tconv, 'targets'], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ClusterFailed(f'--tconv = {tconv}: does not list targets: {error}') from None
    found = PROCESSOR.search(listing)
    if not found:
        raise ClusterFailed(f"--tconv = {tconv}: does not say what this machine's processor is")
    return 'generic' if found[1].startswith('none of them') else found[1]


def resource(cpu):
    """What a worker has one of, and a task needs: so it runs on that processor alone, and nothing beside it."""
    return {f'cpu:{cpu}': 1}


def serve(make, *arguments):
    """Runs a coroutine that ends when an event is set; Ctrl-C and SIGTERM set it."""
    async def until_stopped():
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        return await make(stop, *arguments)
    return asyncio.run(until_stopped())


async def run_scheduler(stop, host, port, dashboard):
    try:
        scheduler = await Scheduler(host=host, port=port, dashboard_address=f'{host}:{dashboard}')
    except DASK_FAILS as error:
        raise ClusterFailed(f'--host = {host or "all"}, --port = {port}: cannot listen: {error.__cause__ or error}') from None
    print(f'scheduler: {scheduler.address}', flush=True)
    print(dashboard_line(f'http://{scheduler.address.split("//")[1].rsplit(":", 1)[0]}:'
                         f'{scheduler.http_server.port}/status', has_dashboard()), flush=True)
    await stop.wait()
    await scheduler.close()


async def run_worker(stop, address, cpu):
    """Returns whether it was stopped, rather than left alone by its scheduler."""
    name = tuning_task.here.name
    try:
        worker = await asyncio.wait_for(Worker(address, name=name, nthreads=1, resources=resource(cpu), memory_limit=0,
                                               dashboard=False), CONNECT_SECONDS)
    except DASK_FAILS as error:
        raise ClusterFailed(f'--scheduler = {address}: {said(error)}') from None
    print(f'worker {name}: processor {cpu}, waits for tasks of {address}', flush=True)
    ends = [asyncio.ensure_future(each) for each in (stop.wait(), worker.finished())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await worker.close(timeout=tuning_task.END_SECONDS, reason='stopped')
    return stop.is_set()


@contextmanager
def connected(address, cpu):
    """A client of the scheduler at `address`; without one, of a cluster of this machine, one worker of `cpu`."""
    if address:
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except DASK_FAILS as error:
            raise ClusterFailed(f'--scheduler = {address}: {said(error)}') from None
        with client:
            yield client
        return
    # The worker is a thread of this process. One alone: what is timed has the machine to itself.
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, resources=resource(cpu), memory_limit=0,
                      dashboard_address=f'{LOOPBACK}:8787') as cluster, Client(cluster) as client:
        yield client


def said(error):
    """Of what failed to connect. "Worker failed to start" says less than its cause."""
    if isinstance(error, OSError) or isinstance(error.__cause__, (OSError, asyncio.CancelledError)):
        return 'does not answer'
    return str(error.__cause__ or error).strip().split('\n')[0]


def has_dashboard():
    return importlib.util.find_spec('bokeh') is not None


def dashboard(client):
    link = client.dashboard_link
    if client.cluster:  # Dask would name an address of the network, at which the cluster of this machine does not listen
        link = f'http://{LOOPBACK}:{client.cluster.scheduler.http_server.port}/status'
    return dashboard_line(link, client.run_on_scheduler(has_dashboard))


def dashboard_line(link, is_there):
    return f'dashboard: {link}' if is_there else 'no dashboard: bokeh is not installed where the scheduler runs'


def workers(client):
    """(how many workers each processor has, the name of each address)."""
    if client.status != 'running':
        raise ClusterFailed('the scheduler is gone')
    listed = client.scheduler_info(n_workers=-1)['workers']
    counts = Counter(word.removeprefix('cpu:') for each in listed.values() for word in each.get('resources', {})
                     if word.startswith('cpu:'))
    return counts, {address: each['name'] for address, each in listed.items()}


def places(client):
    """The address of the worker that has each task, by the task's key."""
    try:
        return {key: address for address, keys in client.processing().items() for key in keys}
    except OSError:
        raise ClusterFailed('the scheduler is gone') from None
