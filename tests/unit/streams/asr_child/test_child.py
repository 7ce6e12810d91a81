import subprocess
import sys
import textwrap
import time

import psutil
import pytest

PARENT = textwrap.dedent(
    """
    import asyncio, sys, time
    from streams.asr_child import AsrChild, ChildOptions

    async def main():
        child = AsrChild(ChildOptions(engine=f"scripted_engines:{sys.argv[2]}"))
        started = asyncio.create_task(child.start())
        while child.pid is None or (sys.argv[2] == "scripted" and not started.done()):
            await asyncio.sleep(0.05)
        print(child.pid, flush=True)
        time.sleep(3600)

    if __name__ == "__main__":
        sys.path.insert(0, sys.argv[1])
        asyncio.run(main())
    """
)


def gone(process, within_s=20):
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("factory", [pytest.param("scripted", id="idle"), pytest.param("slow", id="busy")])
def test_a_child_does_not_outlive_a_parent_that_is_killed(options, tmp_path, factory):
    options()
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(tmp_path), factory]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()

    assert gone(child)
