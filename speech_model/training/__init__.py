"""The training of the acoustic model; needs the `training` extra (PyTorch).

Nothing that hears calls imports this.
"""

from __future__ import annotations

import os

# Before PyTorch is loaded. Its threads wait for each other by spinning unless told otherwise; where
# anything else wants the processor, a step of training then takes five times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
