"""aio-pika: publish, consume, kill, redeliver."""

from tests.clients.program import python


def test_the_task_of_a_killed_worker_is_done_by_another(url, queue):
    with python("programs/aio_pika_worker.py", url, queue, "hard") as victim:
        victim.wait_for("ready")
        with python("programs/aio_pika_task.py", url, queue, "easy", "hard") as publisher:
            assert publisher.ended() == ["confirmed easy", "confirmed hard"]
        victim.wait_for("received hard for the first time")
        assert victim.has("done easy")
        victim.kill()
        with python("programs/aio_pika_worker.py", url, queue, "") as heir:
            heir.wait_for("received hard again")
            heir.wait_for("done hard")
            assert not heir.has("received easy again")
