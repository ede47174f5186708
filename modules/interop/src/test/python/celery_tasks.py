"""The application that the Celery workers of the tests run: its tasks, queues and settings.

`BACKEND` is where results go, rpc:// unless set; `HEARTBEAT` the seconds between heartbeats.
"""
import os
import signal
import time

from celery import Celery
from kombu import Queue

app = Celery("celery_tasks", broker=f"amqp://guest:guest@127.0.0.1:{os.environ['AMQP']}//",
             backend=os.environ.get("BACKEND", "rpc://"))
app.conf.update(
    task_queues=[Queue("celery"), Queue("second"), Queue("late"),
                 Queue("steps", max_priority=10)],
    task_create_missing_queues=False,
    task_send_sent_event=True,
    task_track_started=True,
    broker_heartbeat=int(os.environ.get("HEARTBEAT", "120")),
)


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def echo(value):
    return value


@app.task
def when():
    """The time at which it ran."""
    return time.time()


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True, max_retries=3)
def third_time_lucky(self):
    """Fails twice; tells how often it was tried again and when it ran at last."""
    if self.request.retries < 2:
        raise self.retry(countdown=0.4)
    return self.request.retries, time.time()


@app.task(bind=True, max_retries=1, default_retry_delay=0.1)
def never_lucky(self):
    raise self.retry(exc=KeyError("again"))


@app.task(acks_late=True)
def hold(path):
    """Is at work, and unacknowledged, until a file exists."""
    end = time.time() + 200
    while not os.path.exists(path):
        assert time.time() < end, f"{path} never came"
        time.sleep(0.02)
    return os.getpid()


@app.task
def slow(seconds):
    time.sleep(seconds)


@app.task(bind=True, acks_late=True, reject_on_worker_lost=True)
def die_at_first(self):
    """Kills its process unless it is delivered again."""
    if not self.request.delivery_info["redelivered"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return self.request.hostname
