# SPDX-License-Identifier: Apache-2.0
"""The parts of benchmarks/compare.py: tconv and other systems side by side."""
