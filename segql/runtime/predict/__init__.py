"""What people may do next, from their orders: published models fitted by maximum likelihood. It needs SciPy."""

from importlib.util import find_spec

if find_spec("scipy") is None:
    raise ModuleNotFoundError(
        "predicting needs SciPy, which is not installed: pip install 'segql[predict]'", name="scipy"
    )
