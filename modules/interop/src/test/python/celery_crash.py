"""A worker's node is killed while there is work: before it, and after it has started again.

The worker `survivor` has two prefork processes, four tasks at hand each, and its results in files.
"""
import json
import time

import celery_tasks as tasks
from celery.result import AsyncResult
from celery_tasks import app
from serai_it import eventually

SURVIVOR = "celery@survivor"
SECONDS = 60
ETA_SECONDS = 6


def depth(queue):
    with app.connection_for_read() as connection:
        declared = connection.default_channel.queue_declare(queue, passive=True)
        return declared.message_count, declared.consumer_count


def before(folder, gate, ids):
    """Two tasks at work, six at hand, one of them for later, the rest in its queue."""
    app.conf.update(result_backend=folder, broker_transport_options={"confirm_publish": True})
    eta = time.time() + ETA_SECONDS
    later = tasks.when.apply_async(queue="late", countdown=ETA_SECONDS)
    eventually(lambda: depth("late") == (0, 1), what="the task for later with the worker")
    held = [tasks.hold.apply_async((gate,), queue="late") for _ in range(2)]
    sums = [tasks.add.apply_async((i, i), queue="late") for i in range(40)]
    eventually(lambda: depth("late")[0] < 40, what="some tasks with the worker")
    with open(ids, "w") as file:
        json.dump({"eta": eta, "later": later.id, "held": [h.id for h in held],
                   "sums": [s.id for s in sums]}, file)


def after(folder, gate, ids):
    app.conf.update(result_backend=folder, broker_transport_options={"confirm_publish": True})
    with open(ids) as file:
        known = json.load(file)
    eventually(lambda: depth("late")[1] == 1, SECONDS, "the worker's consumer is back")
    open(gate, "w").close()
    for i, task in enumerate(known["sums"]):
        assert AsyncResult(task, app=app).get(SECONDS, interval=0.05) == 2 * i
    for task in known["held"]:
        AsyncResult(task, app=app).get(SECONDS, interval=0.05)
    ran = AsyncResult(known["later"], app=app).get(SECONDS, interval=0.05)
    assert ran >= known["eta"] - 1.1, (ran, known["eta"])  # Celery's own clock ticks by the second
    assert app.control.ping(destination=[SURVIVOR], timeout=SECONDS) == [{SURVIVOR: {"ok": "pong"}}]
    assert tasks.add.apply_async((1, 2), queue="late").get(SECONDS, interval=0.05) == 3
    eventually(lambda: depth("late")[0] == 0, SECONDS, "nothing left over")
