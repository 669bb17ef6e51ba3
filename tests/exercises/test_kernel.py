"""In a real kernel, with its threads and sockets, a function is called through its child all the same."""

import nbformat
import pytest

CELLS = [
    "from gvclab.exercises import check\nfrom gvclab.exercises.service import CallLimits\nquick = CallLimits(0.3, 1)",
    "import numpy as np\nfrom gvclab.exercises import bank\nexec(bank.item('2.3-4').solution)\ncheck('2.3-4', cvar)",
    "import os\n\ndef leave(*_):\n    print('out')\n    os._exit(1)\n\ncheck('2.3-4', leave, limits=quick)",
    "def forever(*_):\n    while True:\n        pass\n\ncheck('2.3-4', forever, limits=quick)",
    "def asks(*_):\n    return input('number? ')\n\ncheck('2.3-4', asks, limits=quick)",
    "import time\nstarted = time.time()\nprint('alive')\ncheck('2.3-1', (0.818, 0.998))",
]


@pytest.mark.slow
def test_a_kernel_outlives_its_students():
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [cell.outputs for cell in notebook.cells]
    results = [out[-1]["data"]["text/plain"] if out else None for out in outputs]
    assert results == [None, "5", "0", "0", "0", "2"]
    for out, says in zip(outputs[2:5], ("ended the whole process", "more than 0.3 s", "EOFError"), strict=True):
        assert [o.output_type for o in out] == ["execute_result"]  # nothing printed, no line on stderr
        assert says in out[0]["data"]["text/html"]
    assert [o.output_type for o in outputs[5]] == ["stream", "execute_result"]
