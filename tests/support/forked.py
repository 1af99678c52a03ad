"""Python programs as processes of their own, forked from a server that has done their imports already.

A test that starts a program only to keep it apart (its directory, its environment, its output, what it loads besides)
need not wait for imports that it says nothing of. One that is about the start of a program starts one.
"""

import atexit
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
SERVE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests.support.forked import serve; serve()"
_spent = 0.0


def forked(
    script: str,
    *args: str,
    imported: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] = ROOT,
) -> subprocess.CompletedProcess[str]:
    """Run a script as `python -c` does, with PYTHONPATH, but that the modules of `imported` are imported already."""
    global _spent
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {"script": script, "args": args, "env": dict(os.environ if env is None else env), "cwd": str(cwd)}
        ended = _server(imported, os.getpid()).ask({**asked, "out": str(out), "err": str(err)})
        _spent += ended["seconds"]
        return subprocess.CompletedProcess([*args], ended["status"], out.read_text(), err.read_text())


def spent() -> float:
    """Return the seconds of the processor that forked programs have had, which are no children of this process."""
    return _spent


class Server:
    """A process that has imported some modules and forks for each request, one after another."""

    def __init__(self, imported: Sequence[str]) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        env = os.environ | {"OMP_NUM_THREADS": "1"}  # threads do not survive a fork
        command = [sys.executable, "-c", SERVE, str(ROOT), *imported]
        self.process = subprocess.Popen(command, text=True, cwd=ROOT, env=env, **pipes)
        atexit.register(self.close)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


@cache
def _server(imported: tuple[str, ...], of: int) -> Server:
    """Return the server of this process, which a process forked from it must not share."""
    return Server(imported)


# -- the server's side ------------------------------------------------------------------------------


def serve() -> None:
    """Import the modules that are named, then run what is asked for until nobody asks."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or each child would copy all objects by looking at them
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    while line := sys.stdin.readline():
        request, before = json.loads(line), _of_children()
        pid = os.fork()
        if pid == 0:
            replies.close()
            _run(request)
        _, status = os.waitpid(pid, 0)
        reply = {"status": os.waitstatus_to_exitcode(status), "seconds": _of_children() - before}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(request: Mapping[str, Any]) -> NoReturn:
    """Become the program: its streams, directory, environment and search path; then end as Python ends."""
    for place, fd, flags in (
        (os.devnull, 0, os.O_RDONLY),
        (request["out"], 1, os.O_WRONLY | os.O_CREAT),
        (request["err"], 2, os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(place, flags), fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    above = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    sys.path[:] = ["", *above, *(p for p in sys.path if p not in ("", str(ROOT), *above))]
    importlib.invalidate_caches()
    sys.argv = ["-c", *request["args"]]
    status = _status(request["script"])
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # without taking apart what the server has made


def _status(script: str) -> int:
    main = sys.modules["__main__"] = ModuleType("__main__")
    try:
        exec(compile(script, "<string>", "exec"), main.__dict__)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
