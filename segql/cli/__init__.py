"""The command line, the first face of segql. What is here is done before anything is loaded."""

import gc
import os

# A command is short, and most of it is loading: collecting garbage meanwhile costs a sixth of a start; where
# maps or settings are read, looking for plug-ins of pydantic, of which there are none, costs a twentieth.
gc.set_threshold(50_000, 50, 50)
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
