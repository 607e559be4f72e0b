"""How fast is reglib, side by side with scikit-learn? Run with `python -m benchmarks`."""

import os

# One thread each, so that algorithms are compared and not machines; read when NumPy is imported.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[name] = "1"
