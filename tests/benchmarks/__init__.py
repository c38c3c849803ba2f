"""How fast the library is, next to its peers: `make bench`, or `make bench BENCH=epoch` for one part of it.

Each part is a module with a function `measure() -> Result` and runs in a process of its own:

- epoch: training on the digits, against PyTorch, over the size of the network
- step: one step of every update rule, against NumPy as in a text-book, PyTorch, optax and the memory's bandwidth
- runs: a thousand descents in one call, against loops over runs
- basins: maps of basins of attraction, and how their time grows
- importing: `import gradlab`
- memory: the peak memory of a training and of a basin map, and how it grows
- checks: how long a learner waits for the answer of a check

`pairing` takes the times, `report` and `figure` show them.
"""
