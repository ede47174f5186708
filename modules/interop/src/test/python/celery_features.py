"""What Celery's users do, with a worker of celery_tasks.py. Each function is one test.

A worker named `shared` runs with two prefork processes and prefetch multiplier 4 on the queues
`celery` and `second`; one named `solo` runs on `steps`, one task at a time.
"""
import os
import signal
import tempfile
import time
from datetime import datetime, timedelta, timezone

from celery import chain, chord, group
from celery.exceptions import TaskRevokedError
from celery.result import ResultSet

import celery_tasks as tasks
from celery_tasks import app
from serai_it import eventually

SHARED = "celery@shared"
SOLO = "celery@solo"
SECONDS = 60  # longest wait for a result
looking = app.connection_for_read()


def depth(queue):
    """Messages that are ready in a queue, and its consumers."""
    declared = looking.default_channel.queue_declare(queue, passive=True)
    return declared.message_count, declared.consumer_count


def results_come_back_over_rpc():
    assert tasks.add.delay(2, 3).get(SECONDS) == 5
    big = "x" * 300_000  # several frames each way
    assert tasks.echo.delay(big).get(SECONDS) == big
    for value in (None, [1, "ü", {"k": [2.5, False]}], ""):
        assert tasks.echo.delay(value).get(SECONDS) == value
    assert tasks.echo.apply_async(("z" * 5000,), compression="zlib").get(SECONDS) == "z" * 5000

    failed = tasks.fail.delay("no")
    try:
        failed.get(SECONDS)
        raise AssertionError("a failed task gave a result")
    except ValueError as e:
        assert str(e) == "no", e
    assert failed.state == "FAILURE" and "tasks.py" in failed.traceback

    # The results of all calls come to one queue that goes when the last one has left.
    reply_queue = app.thread_oid
    assert depth(reply_queue) == (0, 1)
    app.backend.result_consumer.stop()
    with app.connection_for_read() as connection:
        try:
            connection.default_channel.queue_declare(reply_queue, passive=True)
            raise AssertionError("the queue of results is still there")
        except connection.channel_errors as e:
            assert e.reply_code == 404, e


def groups_and_chains_give_their_results():
    many = group(tasks.add.s(i, i) for i in range(200)).apply_async()
    assert many.get(SECONDS) == [2 * i for i in range(200)]
    assert many.successful() and many.completed_count() == 200
    assert chain(tasks.add.s(1, 2), tasks.add.s(3), tasks.add.s(4)).apply_async().get(SECONDS) == 10
    # Celery itself refuses chords on this backend, whatever the broker.
    for refused in (lambda: chord([tasks.add.s(1, 1)])(tasks.total.s()),
                    lambda: (group([tasks.add.s(1, 1)]) | tasks.total.s()).apply_async()):
        try:
            refused()
            raise AssertionError("a chord was taken")
        except NotImplementedError as e:
            assert "rpc" in str(e), e


def a_chord_runs_when_its_last_part_is_done(folder):
    """Results are in a folder here: chords need a place that all workers read."""
    app.conf.result_backend = folder
    parts = [tasks.add.s(i, 1).set(queue="steps") for i in range(10)]
    result = chord(parts)(tasks.total.s().set(queue="steps"), interval=0.3, queue="steps")
    assert result.get(SECONDS, interval=0.05) == 55


def a_task_is_tried_again():
    began = time.time()
    retries, ended = tasks.third_time_lucky.delay().get(SECONDS)
    assert retries == 2 and ended - began >= 0.8, (retries, ended - began)
    given_up = tasks.never_lucky.delay()
    try:
        given_up.get(SECONDS)
        raise AssertionError("gave a result")
    except KeyError as e:
        assert e.args == ("again",), e


def tasks_run_at_their_time_and_not_after_they_expired():
    for seconds in (6, 25):  # a machine that has not come to the first task by then gets longer
        eta = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        in_japan = eta.astimezone(timezone(timedelta(hours=9)))
        later = [tasks.when.apply_async(eta=eta), tasks.when.apply_async(eta=in_japan),
                 tasks.when.apply_async(countdown=seconds)]
        now = tasks.when.delay()
        expired = tasks.when.apply_async(eta=eta, expires=eta - timedelta(seconds=1))
        is_in_time = now.get(SECONDS) < eta.timestamp()
        for result in later:
            late_by = result.get(SECONDS) - eta.timestamp()
            assert late_by > -0.01, late_by
        try:
            expired.get(SECONDS)
            raise AssertionError("ran after it had expired")
        except TaskRevokedError:
            pass
        if is_in_time:
            return
    raise AssertionError("a task that is due waited for those that are not")


def prefetch_is_one_limit_and_follows_eta_tasks():
    """Celery changes the limit of its running consumers: it holds over all its queues together."""
    with tempfile.TemporaryDirectory() as folder:
        def hold_twenty(gate):
            """Of 20 tasks in two queues exactly 8 are with the worker until the gate opens."""
            path = os.path.join(folder, gate)
            held = [tasks.hold.apply_async((path,), queue=queue)
                    for _ in range(10) for queue in ("celery", "second")]

            def waiting():
                return depth("celery")[0] + depth("second")[0]
            eventually(lambda: waiting() == 12, what=lambda: f"12 tasks that wait ({waiting()} do)")
            time.sleep(0.3)
            assert waiting() == 12, waiting()
            open(path, "w").close()
            ResultSet(held).get(SECONDS)

        hold_twenty("before")
        # Tasks with a time to come do not keep others from running: the limit grows with each.
        for seconds in (8, 30):  # a machine that has not come to the others by then gets longer
            when = time.time() + seconds
            later = [tasks.when.apply_async(eta=datetime.fromtimestamp(when, timezone.utc))
                     for _ in range(30)]
            others = [tasks.when.apply_async(queue=queue) for queue in ("celery", "second")]
            is_in_time = max(ResultSet(others).get(SECONDS)) < when
            assert min(ResultSet(later).get(SECONDS)) >= when - 0.01
            if is_in_time:
                break
        assert is_in_time, "tasks that are due waited for those that are not"
        hold_twenty("after")  # and it is back where it was


def higher_priorities_run_first(folder):
    app.conf.result_backend = folder
    control, reply = app.control, dict(destination=[SOLO], reply=True, timeout=SECONDS)
    assert control.cancel_consumer("steps", **reply)[0][SOLO]["ok"]
    eventually(lambda: depth("steps")[1] == 0, what="no consumer")
    order = [0, 5, 9, 1, None, 10, 5, 3]
    sent = [(priority or 0, i, tasks.when.apply_async(queue="steps", priority=priority))
            for i, priority in enumerate(order)]
    assert control.add_consumer("steps", **reply)[0][SOLO]["ok"]
    ran = sorted((result.get(SECONDS, interval=0.05), -priority, i) for priority, i, result in sent)
    assert [r[1:] for r in ran] == sorted(r[1:] for r in ran), ran


def remote_control_reaches_all_workers_or_one():
    """Two workers: each has a queue of its own behind a fanout exchange."""
    pings = app.control.ping(timeout=SECONDS, limit=2)
    assert sorted(name for reply in pings for name in reply) == [SHARED, SOLO], pings
    assert app.control.ping(destination=[SOLO], timeout=SECONDS) == [{SOLO: {"ok": "pong"}}]
    inspect = app.control.inspect(timeout=SECONDS, limit=2)
    assert {q["name"] for q in inspect.active_queues()[SHARED]} == {"celery", "second"}
    assert "celery_tasks.add" in app.control.inspect([SHARED], timeout=SECONDS).registered()[SHARED]
    stats = app.control.inspect([SHARED], timeout=SECONDS).stats()[SHARED]
    assert stats["prefetch_count"] == 8, stats["prefetch_count"]
    assert stats["broker"]["transport"] == "amqp" and stats["pool"]["max-concurrency"] == 2

    limited = app.control.rate_limit("celery_tasks.echo", "100/s", reply=True, timeout=SECONDS, limit=2)
    assert sorted(name for answer in limited for name in answer) == [SHARED, SOLO], limited

    # A task that is at work is looked at, then killed; one that waits never starts.
    running = tasks.slow.delay(30)
    waiting = tasks.when.apply_async(countdown=60)
    eventually(lambda: running.state == "STARTED", what="task at work")
    only = app.control.inspect([SHARED], timeout=SECONDS)
    assert running.id in [task["id"] for task in only.active()[SHARED]]
    assert waiting.id in [task["request"]["id"] for task in only.scheduled()[SHARED]]
    app.control.revoke(waiting.id)
    running.revoke(terminate=True, signal="SIGKILL")
    try:
        running.get(SECONDS)
        raise AssertionError("was not stopped")
    except TaskRevokedError:
        pass
    assert waiting.id in app.control.inspect([SOLO], timeout=SECONDS).revoked()[SOLO]


def events_tell_what_workers_do():
    seen = []
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": seen.append})
        with receiver.consumer_context() as (receiving, _, _):
            done = tasks.add.delay(20, 22)
            failed = tasks.fail.delay("for the record")

            def types(task):
                return [event["type"] for event in seen if event.get("uuid") == task.id]
            wanted = {"task-sent", "task-received", "task-started", "task-succeeded"}
            deadline = time.monotonic() + SECONDS
            while not (wanted <= set(types(done)) and "task-failed" in types(failed)
                       and any(event["type"] == "worker-heartbeat" for event in seen)):
                assert time.monotonic() < deadline, [event["type"] for event in seen]
                try:
                    receiving.drain_events(timeout=0.5)
                except OSError:
                    pass
    [succeeded] = [e for e in seen if e["type"] == "task-succeeded" and e["uuid"] == done.id]
    assert succeeded["result"] == "42" and succeeded["hostname"] == SHARED, succeeded
    assert types(done)[1:] == ["task-received", "task-started", "task-succeeded"] or \
        set(types(done)) == wanted, types(done)
    assert done.get(SECONDS) == 42


def revoke_before_solo_starts():
    """What `solo` must learn from its neighbour."""
    app.control.revoke("revoked-before-solo")
    neighbour = app.control.inspect([SHARED], timeout=SECONDS)
    eventually(lambda: "revoked-before-solo" in neighbour.revoked()[SHARED], what="revoked task")


def a_new_worker_knows_what_its_neighbours_revoked():
    revoked = app.control.inspect([SOLO], timeout=SECONDS).revoked()
    assert "revoked-before-solo" in revoked[SOLO], revoked


def work_goes_on_after_a_pause():
    """Longer than two heartbeats of the worker: idle connections that are read stay open, results
    come over new ones where the old ones were dropped."""
    assert tasks.add.delay(1, 1).get(SECONDS) == 2
    time.sleep(9)
    assert tasks.add.delay(2, 2).get(SECONDS) == 4


def a_killed_process_loses_no_task():
    assert tasks.die_at_first.delay().get(SECONDS) == SHARED


def a_task_of_a_killed_worker_is_done_by_another(folder):
    """The worker `victim` consumes from `late`; `solo` takes over when it is gone."""
    app.conf.result_backend = folder
    result = tasks.die_at_first.apply_async(queue="late")
    eventually(lambda: depth("late") == (1, 0), what="task back in its queue, no consumer")
    app.control.add_consumer("late", destination=[SOLO])
    assert result.get(SECONDS, interval=0.05) == SOLO
    app.control.cancel_consumer("late", destination=[SOLO])


def a_worker_that_stops_gives_back_what_it_has_not_begun(pid):
    """The worker `stopping` has one task at work, three at hand and two more in its queue."""
    with tempfile.TemporaryDirectory() as folder:
        gate = os.path.join(folder, "gate")
        sent = [tasks.hold.apply_async((gate,), queue="late") for _ in range(6)]
        eventually(lambda: depth("late") == (2, 1), what="four tasks with the worker")
        os.kill(int(pid), signal.SIGTERM)
        eventually(lambda: depth("late")[1] == 0, what="no consumer")
        open(gate, "w").close()
        sent[0].get(SECONDS)
        eventually(lambda: not is_running(int(pid)), what="the worker's end")
        assert depth("late") == (5, 0), depth("late")
    with app.connection_for_write() as connection:
        late = app.amqp.queues["late"](connection)
        again = [late.get(no_ack=True).delivery_info["redelivered"] for _ in range(5)]
        assert again == [True] * 3 + [False] * 2, again


def is_running(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def a_task_runs_after_the_connection_broke():
    """The connections of the worker `wired` were cut; it comes back by itself."""
    assert tasks.add.apply_async((3, 4), queue="late").get(SECONDS) == 7
